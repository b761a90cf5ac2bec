"""Shell scripts: words, commands, wrappers, package managers."""
