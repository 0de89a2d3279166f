"""Agents of other programs, brought into the form of an agent's own file."""
