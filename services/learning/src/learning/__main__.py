"""`python -m learning ROLE`."""

import sys

from learning.main import main

sys.exit(main(sys.argv[1:]))
