"""Accepted findings: suppression by comments, by the configuration and by a baseline."""
