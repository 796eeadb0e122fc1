"""`python -m keyring`."""

from chassis.launch import launch

launch("keyring")
