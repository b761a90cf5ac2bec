"""What is known about a place in a file: names, symbols, links, for editors and the command line."""
