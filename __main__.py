"""``python -m composelint``."""

from .linter.start import main

if __name__ == "__main__":
    main()
