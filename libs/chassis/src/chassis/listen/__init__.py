"""Hearing facts: effect and position in one transaction, poison parked, views rebuilt beside the live ones."""
