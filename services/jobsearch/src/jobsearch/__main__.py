"""`python -m jobsearch ROLE`."""

from chassis.launch import launch

launch("jobsearch")
