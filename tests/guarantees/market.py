"""Stalls of a market, which are about nobody: facts, an aggregate, a view and a policy on other topics."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from chassis.aggregate import Aggregate
from chassis.ask import Answer, Ask
from chassis.listen.policies import Heard, Policy
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from chassis.store import Session
from chassis.timers import Due, Timer
from events.envelope import ACTIVITY, MARKET
from events.fact import Fact

from .ground import NOON, Ground


class StallOpened(Fact, type_name="waymark.test.StallOpened.v1"):
    """Somebody sells something."""

    title: str
    goods: tuple[str, ...] = ()


class StallPriced(Fact, type_name="waymark.test.StallPriced.v1"):
    """A good has a price."""

    good: str
    pence: int


class StallClosed(Fact, type_name="waymark.test.StallClosed.v1"):
    """Nothing is sold there any more."""


class StallSeen(Fact, type_name="waymark.test.StallSeen.v1"):
    """Somebody came by."""


class Stall(Aggregate):
    """A stall of nobody and no tenant."""

    begins_with = StallOpened
    told_on = MARKET
    closed = False

    def fold(self, fact: Fact) -> None:
        """Take a fact in."""
        self.closed = isinstance(fact, StallClosed)


class Visitor(Aggregate):
    """Somebody whose looks are told on a topic that forgets."""

    begins_with = StallSeen
    told_on = ACTIVITY

    def fold(self, fact: Fact) -> None:
        """Remember nothing."""


@dataclass
class StallRow:
    """A stall with columns that hold several values."""

    stall_id: UUID
    title: str
    goods: tuple[str, ...] = ()
    keepers: tuple[UUID, ...] | None = None
    prices: dict[str, int] | None = None
    trail: list[str] | None = None
    closed: bool = False


def fold_stall(row: StallRow | None, told: Told) -> StallRow:
    """Take a fact into its stall."""
    row = row or StallRow(told.aggregate_id, "", trail=[])
    match told.fact:
        case StallOpened(title=title, goods=goods):
            row.title, row.goods, row.keepers = title, goods, (told.aggregate_id, UUID(int=7))
        case StallPriced(good=good, pence=pence):
            row.prices = row.prices if row.prices is not None else {}
            row.prices[good] = pence
        case StallClosed():
            row.closed = True
    assert row.trail is not None
    row.trail.append(told.type.split(".")[2])
    return row


@dataclass
class LookRow:
    """How often a visitor looked."""

    visitor_id: UUID
    looks: int = 0


def fold_look(row: LookRow | None, told: Told) -> LookRow:
    """Count a look."""
    row = row or LookRow(told.aggregate_id)
    row.looks += 1
    return row


INDEXES: Final = ("closed, stall_id", "using gin (to_tsvector('english', title))", "using gin (goods)")
STALLS: Final = View(
    "stalls",
    (StallOpened, StallPriced, StallClosed),
    (Table("stall", StallRow, lambda told: told.aggregate_id, fold_stall, indexes=INDEXES),),
    topic=MARKET,
)

LOOKS: Final = View(
    "looks", (StallSeen,), (Table("look", LookRow, lambda told: told.aggregate_id, fold_look),), topic=ACTIVITY
)


async def close_stall(heard: Heard, session: Session) -> Answer:
    """Close a stall, so that a second time would show."""
    stall = await session.load(Stall, heard.told.aggregate_id)
    stall.record(StallClosed(occurred_at=NOON))
    return await session.save(stall)


CLOSE: Final = Policy("when_stall_priced_close_stall", StallPriced, close_stall, topic=MARKET)

OPEN_STALLS: Final = """
select stall_id::text as key, stall_id as aggregate_id, null::uuid as tenant, timestamptz '2026-01-01' as due_at
from stall where not closed
"""


async def _close_due(due: Due, session: Session) -> Answer:
    stall = await session.load(Stall, due.aggregate_id)
    stall.record(StallClosed(occurred_at=due.due_at))
    return await session.save(stall)


CLOSING_TIME: Final = Timer("when_market_ends_close_stall", STALLS, OPEN_STALLS, _close_due)


def open_stall(title: str = "Fish", *goods: str, prices: int = 0) -> Stall:
    """Return a new stall with some goods, and prices for them."""
    stall = Stall.begin(uuid4(), StallOpened(occurred_at=NOON, title=title, goods=goods))
    for pence in range(prices):
        stall.record(StallPriced(occurred_at=NOON, good=f"fish {pence}", pence=pence))
    return stall


def close(stall: Stall) -> Stall:
    """Close a stall."""
    stall.record(StallClosed(occurred_at=NOON))
    return stall


def look(visitor: Visitor | None = None, times: int = 1) -> Visitor:
    """Let a visitor, a new one by default, look at stalls."""
    seen = StallSeen(occurred_at=NOON)
    visitor = visitor or Visitor.begin(uuid4(), seen)
    for _ in range(times - (visitor.version == 1)):
        visitor.record(seen)
    return visitor


async def append(ground: Ground, *aggregates: Stall | Visitor) -> Answer:
    """Store what stalls and visitors decided."""
    return await Session(ground.store, Ask("test:1", "correlation")).append(aggregates, Answer(200))


async def stalls(ground: Ground) -> dict[UUID, tuple[Any, ...]]:
    """Return the view as it is, by stall."""
    return {row[0]: row[1:] for row in await ground.rows("select * from stall")}
