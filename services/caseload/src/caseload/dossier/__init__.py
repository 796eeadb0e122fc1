"""A person's whole file: what their journey tells of them, with what is settled too, as it stands or stood on a day."""
