"""The platform on one machine, and the operator's command `waymark`."""
