"""The only door to the linted tree: which files there are, what they are, and their content."""
