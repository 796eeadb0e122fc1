"""What the nudges service knows: how things stand with each person, and what was sent to them."""
