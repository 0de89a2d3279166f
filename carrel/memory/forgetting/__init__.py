"""Forget: find what is meant and what was made from it, put it into the bin, take it out again, or erase it."""
