"""Builders of text edits: for YAML, Dockerfiles, scripts and embedded text."""
