"""Play a story against the real agent."""
