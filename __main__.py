"""``python -m composelint``."""

import os
import sys

# Python puts the working folder first with "-m": the linted tree would bring the modules of
# Python itself, of others, and those of plug-ins.
if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:
    del sys.path[0]

from .linter.cli.start import main

if __name__ == "__main__":
    main()
