"""`python -m keyring`."""

import sys

from keyring.main import main

sys.exit(main(sys.argv[1:]))
