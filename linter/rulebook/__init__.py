"""The rules: which exist, which a run selects, and with which options."""
