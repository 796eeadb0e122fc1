"""The links of referrals, on a real database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chassis.database import Pool
from chassis.identity import Actor
from gateway.status_links import VALID, StatusLinks

REFERRER = Actor(uuid4(), "referrer", None)
HOLDER = Actor(REFERRER.id, "referral_link", None)


async def test_a_link_ends_after_90_days_and_leaves_nothing(pool: Pool) -> None:
    now = [datetime(2026, 4, 2, 9, tzinfo=UTC)]
    links = StatusLinks(pool, lambda: now[0])
    referral = uuid4()
    secret = await links.make(REFERRER, referral)
    assert await links.find(secret) == (HOLDER, referral)
    now[0] += VALID + timedelta(seconds=1)
    assert await links.find(secret) is None
    await links.make(REFERRER, uuid4())
    async with pool.connection() as connection:
        kept = await (
            await connection.execute("select 1 from status_link where referral_id = %s", [referral])
        ).fetchone()
    assert kept is None
