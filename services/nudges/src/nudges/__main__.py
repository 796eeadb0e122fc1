"""`python -m nudges ROLE`."""

from chassis.launch import launch

launch("nudges")
