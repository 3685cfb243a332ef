"""`python -m qa`: the command `qa`, where its script is on no path."""

import sys

from qa.command.main import main

if __name__ == "__main__":
    sys.exit(main())
