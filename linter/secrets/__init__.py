"""Recognises secrets: by name, by value, in commands, and in text that cannot be parsed."""
