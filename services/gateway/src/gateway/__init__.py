"""The gateway service: the one way in, by the public API over every service."""
