"""`python -m nudges ROLE`."""

import sys

from nudges.main import main

sys.exit(main(sys.argv[1:]))
