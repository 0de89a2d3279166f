"""What a run writes: the trajectory of a scenario, and cassettes of a model's replies."""
