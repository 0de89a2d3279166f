"""The body of a request: a history, roles and tools that the server accepts."""
