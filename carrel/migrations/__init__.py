"""Alembic's scripts; nothing imports them."""
