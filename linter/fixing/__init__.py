"""Chooses, applies, verifies and writes fixes."""
