"""composelint: lints and fixes a repository's container files together."""

__version__ = "0.1.0"
