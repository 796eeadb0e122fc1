"""How often somebody may ask: a bucket for each, that fills again with time."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

MOST_BUCKETS: Final = 20_000
MINUTE: Final = 60.0


class Limit:
    """At most `a_minute` requests a minute of each, as many of them at once; kept in this process alone."""

    def __init__(self, a_minute: int, monotonic: Callable[[], float]) -> None:
        self._size = float(a_minute)
        self._refill = a_minute / MINUTE
        self._now = monotonic
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait(self, who: Hashable) -> int:
        """Count a request of somebody; return after how many seconds they may ask again, 0 for now."""
        now = self._now()
        left, since = self._buckets.pop(who, (self._size, now))
        left = min(self._size, left + (now - since) * self._refill)
        asked = left >= 1
        self._buckets[who] = (left - asked, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0 if asked else math.ceil((1 - left) / self._refill)
