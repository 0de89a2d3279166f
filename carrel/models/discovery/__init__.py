"""Find out what a model server takes and how large its context window is."""
