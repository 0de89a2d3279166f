"""Grade what a story did against what it expects."""
