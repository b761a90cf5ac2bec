"""From paths to findings: which files are linted together, in which process, and the cache."""
