"""One turn: the loop, the contracts that it may run under, and the model calls."""
