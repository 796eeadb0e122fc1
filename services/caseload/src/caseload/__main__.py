"""`python -m caseload ROLE`."""

from chassis.launch import launch

launch("caseload")
