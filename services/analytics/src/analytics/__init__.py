"""The analytics service: what happened and what works, as of any day, and how each number came about."""
