"""The gateway's read models."""
