"""The token budget of a context window."""
