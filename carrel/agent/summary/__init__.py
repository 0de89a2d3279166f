"""The recursive summary of what left the queue."""
