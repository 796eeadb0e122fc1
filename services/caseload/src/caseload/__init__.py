"""The caseload service: what a coach and a person agreed, and when they spoke."""
