"""Main context: compile it, page memories in, account for its parts, evict from it."""
