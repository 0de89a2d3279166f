"""What the built-in model says, in five languages."""
