"""Scenario files: read, validate and select them."""
