"""`python -m analytics ROLE`."""

import sys

from analytics.main import main

sys.exit(main(sys.argv[1:]))
