"""Referrals: a person is sent to a programme, and the provider answers."""
