"""``python -m composelint``."""

from .linter.cli.start import main

if __name__ == "__main__":
    main()
