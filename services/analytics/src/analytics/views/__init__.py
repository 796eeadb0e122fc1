"""What the analytics service counts and searches: tables folded from the journey, and the questions asked of them."""
