"""`python -m caseload ROLE`."""

import sys

from caseload.main import main

sys.exit(main(sys.argv[1:]))
