"""Which rules exist, which a run selects, and with which options."""
