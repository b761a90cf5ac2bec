"""What looks like a secret: by name, by value, in commands, in text that cannot be parsed."""
