"""Carrel: a conversational agent with tiered virtual context memory."""

__version__ = "0.1.0"
