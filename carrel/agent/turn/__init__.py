"""One turn: the loop, its contracts and the model calls."""
