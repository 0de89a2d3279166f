"""Tests of what Carrel offers to tests."""
