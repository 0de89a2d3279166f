"""Find out by which contract a model can be driven, and move it down where it does not obey."""
