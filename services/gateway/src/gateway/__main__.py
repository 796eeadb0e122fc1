"""`python -m gateway ROLE`."""

import sys

from gateway.main import main

sys.exit(main(sys.argv[1:]))
