"""From paths to findings: what is linted together, by whom, and what is kept of it."""
