"""Check a home, and repair what can be derived from its rows."""
