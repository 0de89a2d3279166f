"""The memory tools that every agent has."""
