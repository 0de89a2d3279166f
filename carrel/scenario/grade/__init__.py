"""Grade the records of a scenario against its expectations and gold answers."""
