"""What is derived from the rows: vectors, the vector index and the worker that keeps them up to date."""
