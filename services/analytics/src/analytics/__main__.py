"""`python -m analytics ROLE`."""

from chassis.launch import launch

launch("analytics")
