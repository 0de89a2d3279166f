"""Play a scenario against a real agent."""
