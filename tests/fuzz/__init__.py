"""Random faults and random input: few in `make test`, many in `make fuzz`."""

import os

MANY = bool(os.environ.get("CARREL_FUZZ"))
"""Whether this is `make fuzz`."""
