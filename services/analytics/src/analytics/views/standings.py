"""How every journey stood on a day: one statement over prepared rows, by what happened or by what was known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from analytics.outcome_rules import Spell, Terms
from analytics.views.journeys import JOB_OUTCOMES, MILESTONES, SEARCHING
from chassis.database import Connection
from events.caseload import (
    CaseCompleted,
    CaseExitedEarly,
    CaseHandedBack,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
)
from events.fact import Fact
from events.referrals import ParticipantStarted


class By(StrEnum):
    """Which time counts: when it happened, as is known today, or what had been learned by the day."""

    OCCURRED_AT = "occurred_at"
    RECORDED_AT = "recorded_at"


@dataclass(frozen=True, slots=True)
class AsOf:
    """The end of a day in a time zone."""

    day: date
    by: By
    zone: ZoneInfo

    @property
    def cutoff(self) -> datetime:
        """The first instant that no longer counts."""
        return datetime.combine(self.day + timedelta(days=1), time(), self.zone)

    def arguments(self) -> dict[str, object]:
        """Return what the statements of this module are asked with."""
        return {
            "day": self.day,
            "cutoff": self.cutoff,
            "zone": self.zone.key,
            "by_occurred": self.by is By.OCCURRED_AT,
        }

    def statement(self, written: LiteralString) -> LiteralString:
        """Return a statement that is written for when things happened, for the time that counts."""
        if self.by is By.OCCURRED_AT:
            return written
        return written.replace("_at < %(cutoff)s", "_recorded < %(cutoff)s")


NUMBERS: Final = (
    "referred",
    "acknowledged",
    "accepted",
    "handover_held",
    "first_meeting",
    "started",
    "plan_agreed",
    "applied",
    "interview",
    "offer",
    "first_earnings",
    "in_week_13",
    "in_week_26",
    "outcome",
    "first_meeting_missed",
    "rejected",
    "withdrawn",
    "expired",
    "did_not_start",
    "left",
)
BIT: Final[Mapping[str, int]] = {name: 1 << place for place, name in enumerate(NUMBERS)}


_OF_WORK: Final = (ParticipantStarted, JobRecorded, JobStartDateSet, JobTermsRevised, *JOB_OUTCOMES)
_LEFT: Final = (CaseCompleted, CaseExitedEarly, CaseHandedBack)
_NUMBER_OF: Final[Mapping[str, str]] = {
    "met": "first_meeting",
    "planned": "plan_agreed",
    "sent": "applied",
    "invited": "interview",
    "offered": "offer",
    "missed": "first_meeting_missed",
    "not_started": "did_not_start",
}
COUNTED_BY: Final[Mapping[str, tuple[type[Fact], ...]]] = {
    **{
        number: (fact,)
        for fact, name in {**MILESTONES, **SEARCHING}.items()
        if (number := _NUMBER_OF.get(name, name)) in BIT
    },
    **dict.fromkeys(("first_earnings", "in_week_13", "in_week_26"), _OF_WORK),
    **dict.fromkeys(("outcome", "projected"), (*_OF_WORK, *_LEFT)),
    "left": _LEFT,
}
"""The facts by which a person counts in each number."""


class Standing(NamedTuple):
    """A journey as it stood: `reached` has the bit of each number that it counts in, but those of work."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    programme_id: UUID | None
    coach_id: UUID | None
    referred_in: date
    started_on: date | None
    left_on: date | None
    reached: int


# Which journeys count. Entered in error: by what happened it never counts, by what was known until it was learned.
COUNTED: Final[LiteralString] = """
counted as (
    select j.*, count(*) over search as journeys, row_number() over search_so_far as journey,
        lead(referred_at) over search_so_far as next_at,
        coalesce(started_on <= %(day)s and (%(by_occurred)s or started_recorded < %(cutoff)s), false) as started
    from journey j
    where referred_at < %(cutoff)s
        and (in_error_recorded is null or (not %(by_occurred)s and in_error_recorded >= %(cutoff)s))
    window search as (partition by participant_id, tenant), search_so_far as (search order by referred_at, case_id)
), coached as (
    select distinct on (case_id) case_id, coach_id from coaching where from_at < %(cutoff)s
    order by case_id, coaching.from_at desc, version desc
)
"""
# Whoever was referred to a provider more than once has each application counted with the referral before it.
REPEATED: Final[LiteralString] = """
    lateral (
        select coalesce(bool_or(a.sent_at < %(cutoff)s), false) as sent,
            coalesce(bool_or(a.invited_at < %(cutoff)s), false) as invited,
            coalesce(bool_or(a.offered_at < %(cutoff)s), false) as offered
        from application a where c.journeys > 1 and a.participant_id = c.participant_id and a.tenant = c.tenant
            and (c.journey = 1 or coalesce(a.sent_at, a.invited_at, a.offered_at) >= c.referred_at)
            and (c.next_at is null or coalesce(a.sent_at, a.invited_at, a.offered_at) < c.next_at)
    ) again on true
"""
STANDINGS: Final[LiteralString] = (
    "with"  # noqa: S608  (of constants)
    + COUNTED
    + """, ended as (
    select distinct on (case_id) case_id, ended, ending_at from ending where ending_at < %(cutoff)s
    order by case_id, ending.ending_at desc, version desc
)
select c.case_id, c.participant_id, c.tenant, c.programme_id, coached.coach_id,
    date_trunc('month', c.referred_at at time zone %(zone)s)::date,
    case when c.started then c.started_on end,
    case when ended.ended then (ended.ending_at at time zone %(zone)s)::date end,
    1
    + coalesce((c.acknowledged_at < %(cutoff)s)::int << 1, 0)
    + coalesce((c.accepted_at < %(cutoff)s)::int << 2, 0)
    + coalesce((c.handover_held_at < %(cutoff)s)::int << 3, 0)
    + coalesce((c.met_at < %(cutoff)s)::int << 4, 0)
    + (c.started::int << 5)
    + coalesce((c.planned_at < %(cutoff)s)::int << 6, 0)
    + coalesce((case when c.journeys > 1 then again.sent else s.sent_at < %(cutoff)s end)::int << 7, 0)
    + coalesce((case when c.journeys > 1 then again.invited else s.invited_at < %(cutoff)s end)::int << 8, 0)
    + coalesce((case when c.journeys > 1 then again.offered else s.offered_at < %(cutoff)s end)::int << 9, 0)
    + coalesce((c.missed_at < %(cutoff)s)::int << 14, 0)
    + coalesce((c.rejected_at < %(cutoff)s)::int << 15, 0)
    + coalesce((c.withdrawn_at < %(cutoff)s)::int << 16, 0)
    + coalesce((c.expired_at < %(cutoff)s)::int << 17, 0)
    + coalesce((c.not_started_at < %(cutoff)s)::int << 18, 0)
    + coalesce(ended.ended::int << 19, 0)
from counted c
left join coached using (case_id)
left join ended using (case_id)
left join searching s on s.participant_id = c.participant_id and s.tenant = c.tenant
left join"""
    + REPEATED
)
JOBS: Final[LiteralString] = """
select j.job_id, j.case_id, coalesce(start.starts_on, j.starts_on) as first_day,
    outcome.last_day, j.hours_a_week, j.pay_a_year, j.self_employed
from job j
left join lateral (
    select starts_on from job_start s where s.job_id = j.job_id and (%(by_occurred)s or s.set_recorded < %(cutoff)s)
    order by version desc limit 1
) start on true
left join lateral (
    select last_day, never_began from job_outcome o
    where o.job_id = j.job_id and (%(by_occurred)s or o.outcome_recorded < %(cutoff)s)
    order by version desc limit 1
) outcome on true
where (%(by_occurred)s or j.job_recorded < %(cutoff)s) and outcome.never_began is not true
    and coalesce(start.starts_on, j.starts_on) is not null
order by first_day, j.job_id
"""
TERMS: Final[LiteralString] = """
select job_id, self_employed, version, from_day, hours_a_week, pay_a_year from job_terms
where %(by_occurred)s or terms_recorded < %(cutoff)s order by from_day, version
"""
STANDARDS: Final[LiteralString] = (
    "with"  # noqa: S608  (of constants)
    + COUNTED
    + """, last_excuse as (
    select distinct on (standard_id) standard_id, excused from excuse where excuse_at < %(cutoff)s
    order by standard_id, excuse.excuse_at desc, version desc
)
select s.standard, c.programme_id, c.tenant, coached.coach_id,
    date_trunc('month', c.referred_at at time zone %(zone)s)::date,
    case when last_excuse.excused then 'excused'
        when s.met_at < %(cutoff)s then case when s.in_time then 'kept' else 'late' end
        when s.due < %(day)s then 'breached' else 'running' end as state,
    count(*)
from standard s join counted c using (case_id) left join coached using (case_id)
left join last_excuse using (standard_id)
where s.promised_at < %(cutoff)s
group by 1, 2, 3, 4, 5, 6
"""
)


class StandardCount(NamedTuple):
    """How many promises of a kind stand in one state, for one coach's referrals of one month."""

    standard: str
    programme_id: UUID | None
    tenant: UUID | None
    coach_id: UUID | None
    referred_in: date
    state: str
    promises: int


async def standings(connection: Connection, as_of: AsOf) -> list[Standing]:
    """Return every journey of the reader's rows as it stood."""
    return [Standing._make(row) for row in await _rows(connection, STANDINGS, as_of)]


async def spells(connection: Connection, as_of: AsOf) -> dict[UUID, tuple[Spell, ...]]:
    """Return the jobs of each case as they stood. Whether they work for themselves is what was told last of it."""
    terms: dict[UUID, list[Terms]] = {}
    own: dict[UUID, tuple[int, bool]] = {}
    for job_id, is_own, version, *revised in await _rows(connection, TERMS, as_of):
        terms.setdefault(job_id, []).append(Terms(*revised))
        if is_own is not None:
            own[job_id] = max(own.get(job_id, (0, False)), (version, is_own))
    found: dict[UUID, list[Spell]] = {}
    for job_id, case_id, starts_on, last_day, hours, pay, self_employed in await _rows(connection, JOBS, as_of):
        held = _held(Terms(starts_on, hours, pay), terms.get(job_id, ()))
        _, is_own = own.get(job_id, (0, self_employed))
        spell = Spell(starts_on, last_day, held, is_own)
        found.setdefault(case_id, []).append(spell)
    return {case_id: tuple(jobs) for case_id, jobs in found.items()}


def _held(first: Terms, revised: Iterable[Terms]) -> tuple[Terms, ...]:
    """Return the terms of a job one after the other: what a revision does not tell stays as it was."""
    held = [first]
    for terms in revised:
        hours = held[-1].hours_a_week if terms.hours_a_week is None else terms.hours_a_week
        pay = held[-1].pay_a_year if terms.pay_a_year is None else terms.pay_a_year
        held.append(Terms(terms.from_day, hours, pay))
    return tuple(held)


async def standard_counts(connection: Connection, as_of: AsOf) -> list[StandardCount]:
    """Return how many promises stand in which state."""
    return [StandardCount._make(row) for row in await _rows(connection, STANDARDS, as_of)]


async def _rows(connection: Connection, written: LiteralString, as_of: AsOf) -> list[tuple[Any, ...]]:
    cursor = connection.cursor(binary=True)
    await cursor.execute(as_of.statement(written), as_of.arguments())
    return await cursor.fetchall()
