"""Turns, their steps and calls, and how far they were reviewed."""
