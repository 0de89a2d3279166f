"""The loop: compile the context, ask the model, run its calls, make room."""
