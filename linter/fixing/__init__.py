"""Fixes: chosen, applied, verified and written."""
