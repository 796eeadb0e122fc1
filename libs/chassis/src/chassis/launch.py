"""How a service's process begins, before anything of the service is imported."""

import gc
import sys
from importlib import import_module
from typing import Final, NoReturn

OBJECTS_BETWEEN_COLLECTIONS: Final = 50_000


def launch(service: str) -> NoReturn:
    """Run `main` of a service with the arguments of the command line; what it returns is why it could not start.

    What modules hold is no garbage. To walk through it while they are imported, again and again, took a sixth of a
    service's start: the collector hears of it before, and never looks at it later.
    """
    collect_seldom()
    main = import_module(f"{service}.main").main
    gc.freeze()
    sys.exit(main(sys.argv[1:]))


def collect_seldom() -> None:
    """Spare batches of facts, in which there are no cycles, half of their time: what the collector takes by default."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
