"""HTTP routes that change something: who asks for what, and which command answers."""
