"""Simulates people on their way through every service: by the services' own commands, on a clock of its own."""
