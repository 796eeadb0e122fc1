"""The keyring: the only holder of the keys that open personal data, on a PostgreSQL of its own."""
