"""The families of rules in the order in which the index and the site show them."""

FAMILIES = (
    ("CF0", "Compose files: reading and schema"),
    ("CF1", "Compose files: what Docker Compose rejects, misreads or ignores"),
    ("CF2", "Compose files: reliability"),
    ("CF3", "Compose files: security"),
    ("CF4", "Compose files: images"),
    ("CF5", "Compose files: capacity"),
    ("CF9", "Compose files: style"),
    ("DF0", "Dockerfiles: reading"),
    ("DF1", "Dockerfiles: meaning"),
    ("DF2", "Dockerfiles: size and cache"),
    ("DF3", "Dockerfiles: security"),
    ("DF4", "Dockerfiles: versions"),
    ("DF9", "Dockerfiles: style"),
    ("DI", "Ignore files"),
    ("EV", "Env files"),
    ("XF", "Across files"),
    ("LN", "The linter itself"),
)
"""The beginning of their codes, and the title."""
