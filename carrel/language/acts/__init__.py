"""What a sentence does: tell, correct, take back, ask, request, greet."""
