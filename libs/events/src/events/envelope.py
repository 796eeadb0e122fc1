"""Where facts travel: the topics and their partitions. What travels around a fact, chassis.packing writes."""

from typing import Final

JOURNEY: Final = "waymark.journey"
PROGRAMME: Final = "waymark.programme"
MARKET: Final = "waymark.market"
ACCESS: Final = "waymark.access"
ACTIVITY: Final = "waymark.activity"
PARTITIONS: Final = 24


class EnvelopeError(ValueError):
    """A message lacks what every fact on a Waymark topic carries."""
