"""The text that the model reads: rendered here, and parsed back here alone. Pure."""
