"""The situation in which it is decided whether to write to somebody: people, what they search, whom they meet."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.views import View
from events.fact import Fact
from events.nudges import NudgeKind, ServiceMessageKind, SuppressionReason, nudges_of
from events.sealed import Sealed
from nudges.decision import Circumstances
from nudges.occasion import Candidate, Reminder
from nudges.views import meetings, people, searching

_FACTS: Final[tuple[type[Fact], ...]] = (*people.FACTS, *searching.FACTS, *meetings.FACTS)
SITUATION: Final = View(
    name="situation",
    facts=tuple(dict.fromkeys(_FACTS)),
    tables=(*people.TABLES, *searching.TABLES, *meetings.TABLES),
)

STANDING: Final = """
select asked.participant_id, asked.tenant, p.name,
    case when not p.call_only then p.email end as email, p.email_referral, p.last_contact_at,
    coalesce(p.deceased, false) as deceased, e.participant_id is not null as erased,
    c.served, c.left_us, c.paused, c.paused_until
from (select %(person)s::uuid as person_id, %(participant)s::uuid as participant_id, %(tenant)s::uuid as tenant) asked
left join nudged_person p using (person_id)
left join erased_person e on e.participant_id = asked.participant_id
cross join lateral (
    select count(*) filter (where not closed) > 0 as served, coalesce(bool_and(closed), false) as left_us,
        coalesce(bool_and(paused) filter (where not closed), false) as paused,
        min(paused_until) filter (where not closed) as paused_until
    from nudged_case where person_id = asked.person_id
) c
"""
CASE: Final = """
select participant_id, start_date as day, null::timestamptz as since, action_agreed or closed as settled
from nudged_case where case_id = %s
"""
APPLICATION: Final = """
select participant_id, null::date as day, waiting_since as since, answered or ended or superseded as settled,
    nobody_to_ask
from nudged_application where application_id = %s
"""
INTERVIEW: Final = """
select i.participant_id, i.day, i.starts_at as since,
    i.prepared or i.over or coalesce(a.ended or a.superseded, false) as settled
from nudged_interview i left join nudged_application a using (application_id) where i.interview_id = %s
"""
MATTERS: Final[dict[NudgeKind, LiteralString]] = {
    NudgeKind.AGREE_AN_ACTION: CASE,
    NudgeKind.CHASE_AN_APPLICATION: APPLICATION,
    NudgeKind.PREPARE_AN_INTERVIEW: INTERVIEW,
}
MEETING: Final = """
select m.participant_id, null::date as day, m.starts_at as since, m.over or coalesce(c.closed, false) as settled
from nudged_meeting m left join nudged_case c using (case_id) where m.meeting_id = %s
"""
REMINDED_OF: Final[dict[ServiceMessageKind, LiteralString]] = {
    ServiceMessageKind.APPOINTMENT_IN_A_WEEK: MEETING,
    ServiceMessageKind.APPOINTMENT_TOMORROW: MEETING,
    ServiceMessageKind.INTERVIEW_TOMORROW: INTERVIEW.replace("i.prepared or ", ""),
}
COACHES: Final = """
select coach_id from nudged_case where person_id = %(person)s
union select cover_id from nudged_case where person_id = %(person)s
    and cover_id is not null and cover_begins_at <= %(now)s and cover_ends_at > %(now)s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with a person; `served` tells whether they have a case that is open.

    `left_us` tells whether every case that they had is closed; who has none yet did not leave.
    `paused` tells whether all of those rest, `paused_until` the last day before the first of them goes on.
    """

    participant_id: UUID
    tenant: UUID
    name: Sealed | None
    email: Sealed | None
    email_referral: UUID | None
    last_contact_at: datetime | None
    deceased: bool
    erased: bool
    served: bool
    left_us: bool
    paused: bool
    paused_until: date | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message would be about: whose it is, when it began or begins, and whether it is settled.

    `nobody_to_ask` tells of an application that nobody is known who could be asked about it.
    """

    participant_id: UUID
    day: date | None
    since: datetime | None
    settled: bool
    nobody_to_ask: bool = False

    def begins(self, zone: ZoneInfo) -> datetime | None:
        """Return when it began or begins; a day without a time begins at midnight."""
        return self.since or (midnight(self.day, zone) if self.day else None)

    def day_in(self, zone: ZoneInfo) -> date | None:
        """Return on which day it begins."""
        return self.since.astimezone(zone).date() if self.since else self.day


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins."""
    return datetime.combine(day, time.min, zone)


async def standing_of(connection: Connection, participant: UUID, tenant: UUID) -> Standing:
    """Return how things stand with a person."""
    arguments = {"person": nudges_of(participant, tenant), "participant": participant, "tenant": tenant}
    async with connection.cursor(row_factory=class_row(Standing)) as cursor:
        row = await (await cursor.execute(STANDING, arguments)).fetchone()
    assert row
    return row


async def matter_of(connection: Connection, kind: NudgeKind, about: UUID) -> Matter | None:
    """Return how things stand with what a nudge would be about, None when that is not known."""
    return await _matter(connection, MATTERS[kind], about)


async def reminded_of(connection: Connection, kind: ServiceMessageKind, about: UUID) -> Matter | None:
    """Return how things stand with what a reminder would be about, None when that is not known."""
    return await _matter(connection, REMINDED_OF[kind], about)


async def coaches_of(connection: Connection, participant: UUID, tenant: UUID, now: datetime) -> frozenset[UUID | None]:
    """Return who coaches a participant with a provider, or stands in now; None for a case without a coach."""
    arguments = {"person": nudges_of(participant, tenant), "now": now}
    rows = await (await connection.execute(COACHES, arguments)).fetchall()
    return frozenset(coach for (coach,) in rows)


def circumstances(
    standing: Standing, matter: Matter | None, candidate: Candidate, zone: ZoneInfo, now: datetime
) -> Circumstances:
    """Return the circumstances of a nudge, as far as the journey tells them."""
    moved = matter is None or matter.begins(zone) != candidate.since
    expires_at = None
    if candidate.kind is NudgeKind.PREPARE_AN_INTERVIEW:
        expires_at = midnight(candidate.since.astimezone(zone).date(), zone)
    resumes = midnight(standing.paused_until + timedelta(days=1), zone) if standing.paused_until else None
    rests = standing.paused and (resumes is None or now < resumes)
    return Circumstances(
        settled=moved or not standing.served or (matter is not None and matter.settled),
        nobody_to_ask=matter is not None and matter.nobody_to_ask,
        expires_at=expires_at,
        deceased=standing.deceased,
        erased=standing.erased,
        paused_by=SuppressionReason.CASE_PAUSED if rests else None,
        paused_until=resumes if rests else None,
        last_contact_at=standing.last_contact_at,
    )


def still_right(reminder: Reminder, standing: Standing, matter: Matter | None) -> bool:
    """Return whether what a reminder says is still so: nothing moved or was called off, and the person is there.

    Ending a case calls off nothing by itself: it may go on. The service of who left is over until then.
    """
    if matter is None or matter.settled or standing.left_us or standing.deceased or standing.erased:
        return False
    return matter.since == reminder.starts_at and (reminder.starts_at is not None or matter.day == reminder.day)


async def _matter(connection: Connection, query: LiteralString, about: UUID) -> Matter | None:
    async with connection.cursor(row_factory=class_row(Matter)) as cursor:
        return await (await cursor.execute(query, [about])).fetchone()
