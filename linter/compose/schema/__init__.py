"""The schema of Compose files: what fits it, and explanations of what does not."""
