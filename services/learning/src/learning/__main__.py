"""`python -m learning ROLE`."""

from chassis.launch import launch

launch("learning")
