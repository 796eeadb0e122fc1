"""HTTP routes, by what they are about: who asks for what, and which command or page answers."""
