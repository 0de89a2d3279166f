"""Search over recall and archival: read the question, find candidates, score them."""
