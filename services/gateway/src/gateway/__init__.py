"""The gateway service: the one way in: the public API over every service, live changes, and who looked at whose record."""
