"""The three tiers and the queue: SQL is the truth, the vector index is derived from it."""
