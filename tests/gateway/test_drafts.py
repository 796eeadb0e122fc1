"""Forms that somebody left, on a real database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chassis.database import Pool
from gateway.drafts import KEPT, Drafts

OWNER, OTHER = uuid4(), uuid4()
TOLD = {"name": "Ana Lima", "notes": "Mornings suit her."}
MONDAY = datetime(2026, 4, 6, 9, tzinfo=UTC)


def drafts_on(pool: Pool, day: datetime, key: bytes = b"a secret of the service") -> Drafts:
    """Return what people left, as it is on a day."""
    return Drafts(pool, lambda: day, key)


async def test_who_left_a_form_finds_what_they_told_and_nobody_else_does(pool: Pool) -> None:
    drafts = drafts_on(pool, MONDAY)
    await drafts.keep(OWNER, {"name": "Ana"})
    await drafts.keep(OWNER, TOLD)
    assert await drafts.find(OWNER) == (TOLD, MONDAY)
    assert await drafts.find(OTHER) is None


async def test_what_was_left_is_not_read_in_the_database_nor_with_another_key(pool: Pool) -> None:
    await drafts_on(pool, MONDAY).keep(OWNER, TOLD)
    async with pool.connection() as connection:
        row = await (await connection.execute("select draft::text, encode(sealed, 'escape') from draft")).fetchone()
    assert row is not None
    assert "Lima" not in str(row)
    assert await drafts_on(pool, MONDAY, b"another secret").find(OWNER) is None


async def test_what_was_left_is_gone_once_it_is_dropped_or_too_old(pool: Pool) -> None:
    drafts = drafts_on(pool, MONDAY)
    await drafts.keep(OWNER, TOLD)
    later = drafts_on(pool, MONDAY + KEPT + timedelta(seconds=1))
    assert await later.find(OWNER) is None
    await later.keep(OTHER, TOLD)
    async with pool.connection() as connection:
        assert await (await connection.execute("select 1 from draft where owner_id = %s", [OWNER])).fetchone() is None
    await later.drop(OTHER)
    assert await later.find(OTHER) is None
