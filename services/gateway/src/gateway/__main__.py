"""`python -m gateway ROLE`."""

from chassis.launch import launch

launch("gateway")
