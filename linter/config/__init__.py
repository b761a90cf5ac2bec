"""Configuration: found, read, checked, shown."""
