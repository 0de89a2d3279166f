"""Scripted multi-session conversations: a story in a file, played over the real agent, with expectations."""
