"""The nudges service: help at the right moment: what was decided, why, how it was sent, and what became of it."""
