"""``python -m composelint``."""

from composelint.linter.cli import main

if __name__ == "__main__":
    main()
