"""Dockerfiles: from text to instructions, stages and variables, as BuildKit reads them."""
