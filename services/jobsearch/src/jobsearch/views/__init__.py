"""What the jobsearch service shows: tables folded from facts, and the questions asked of them."""
