"""Calls and thoughts in text."""
