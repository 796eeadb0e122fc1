"""Days passed: what then is asked of the service, by nobody but itself."""

from typing import Final
from zoneinfo import ZoneInfo

from chassis.ask import Answer
from chassis.store import Session
from chassis.timers import Due, Timer
from referrals.commands import let_expire
from referrals.views.referrals import REFERRALS

UNANSWERED: Final = """
select id::text || ':' || version as key, id as aggregate_id, tenant,
    ((untouched_since at time zone %(zone)s)::date + %(days)s::int + 1)::timestamp at time zone %(zone)s as due_at
from referral where stage in ('submitted', 'acknowledged', 'waitlisted')
"""


def timers(zone: ZoneInfo, expire_after: int) -> tuple[Timer, ...]:
    """Return what happens by itself: a referral that nobody touched for `expire_after` days expires.

    The key names the version that was seen, so that a referral which moved on meanwhile is left alone.
    """

    async def when_days_passed_let_referral_expire(due: Due, session: Session) -> Answer:
        seen = int(due.key.rpartition(":")[2])
        return await let_expire(session, due.aggregate_id, seen, due.due_at)

    name = when_days_passed_let_referral_expire.__name__
    arguments = {"zone": zone.key, "days": expire_after}
    return (Timer(name, REFERRALS, UNANSWERED, when_days_passed_let_referral_expire, arguments),)
