"""`python -m labs.cloud`: the local cloud's process."""

import sys

from labs.cloud.server import main

sys.exit(main())
