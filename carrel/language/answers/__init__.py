"""Answers made of what was remembered: the sentence that answers, its date, and who said it."""
