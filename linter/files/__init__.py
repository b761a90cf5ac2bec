"""The only door to the linted tree: which files exist, what they are, and their content."""
