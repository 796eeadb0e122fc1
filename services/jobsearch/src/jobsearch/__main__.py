"""`python -m jobsearch ROLE`."""

import sys

from jobsearch.main import main

sys.exit(main(sys.argv[1:]))
