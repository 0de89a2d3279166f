"""What is derived from rows: the full-text index, vectors, the vector index, and a worker to keep them up to date."""
