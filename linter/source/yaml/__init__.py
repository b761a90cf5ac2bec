"""YAML: nodes with exact positions, and the parser that makes them."""
