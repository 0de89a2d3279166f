"""The built-in model: no language model, and honest about it. It notes what it is told and quotes what it finds."""
