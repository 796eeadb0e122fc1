"""How far a page has to have heard of, on a real database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chassis.database import Pool
from chassis.identity import Actor
from gateway.reached import VALID, Reached

AMIR = Actor(uuid4(), "coach", uuid4())
BEA = Actor(uuid4(), "coach", AMIR.tenant)
NOON = datetime(2026, 4, 2, 12, tzinfo=UTC)


def reached(pool: Pool, at: datetime) -> Reached:
    """Return what there is at a moment."""
    return Reached(pool, lambda: at)


async def test_who_did_something_finds_where_it_is_readable_for_an_hour_and_nobody_else_does(pool: Pool) -> None:
    kept = await reached(pool, NOON).keep(AMIR, "place")
    for owner, at, found in (
        (AMIR, NOON, "place"),
        (BEA, NOON, ""),
        (Actor(AMIR.id, "coach", uuid4()), NOON, ""),
        (AMIR, NOON + VALID, ""),
    ):
        assert await reached(pool, at).find(owner, kept) == found


async def test_what_is_no_longer_found_is_not_kept(pool: Pool) -> None:
    kept = await reached(pool, NOON).keep(AMIR, "place")
    await reached(pool, NOON + VALID + timedelta(seconds=1)).keep(BEA, "another place")
    assert await reached(pool, NOON).find(AMIR, kept) == ""
