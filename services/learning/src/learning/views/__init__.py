"""What the learning service shows: tables folded from the journey, and the questions asked of them."""
