"""What happened in memory: changes, searches and requests, and the way back to a savepoint."""
