"""What the model may call: memory's own tools and the user's typed functions."""
