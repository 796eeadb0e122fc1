"""`python -m referrals`."""

from chassis.launch import launch

launch("referrals")
