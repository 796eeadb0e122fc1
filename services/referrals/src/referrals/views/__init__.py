"""Read models of the referrals service."""
