"""The one language of Waymark: every fact that a service stores and tells, for ever readable."""
