"""Embedders on this machine and behind a server."""
