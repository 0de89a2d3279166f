"""Scenarios: conversations over many sessions in a file, played against a real agent and graded."""
