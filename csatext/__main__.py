"""``python -m csatext``: the command line where the command is not on the path."""

import sys

from csatext.cli import main

if __name__ == "__main__":
    sys.exit(main())
