"""Failures of model servers: what an error of theirs means, and what to do about it."""
