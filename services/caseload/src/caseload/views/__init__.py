"""What the caseload service shows: tables folded from the journey, and the questions asked of them."""
