"""`python -m referrals`."""

import sys

from referrals.main import main

sys.exit(main(sys.argv[1:]))
