"""Tests of the text that the model reads."""
