"""The views of appointments, messages, jobs and promises tell what their aggregates hold, however lives interleave."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as some

from caseload.appointment import Appointment
from caseload.conversation import Conversation
from caseload.job import Job
from caseload.programme_rules import ProgrammeRules
from caseload.service_standards import ServiceStandards
from caseload.views.appointments import APPOINTMENTS
from caseload.views.jobs import JOBS
from caseload.views.messages import MESSAGES
from caseload.views.standards import STANDARDS
from caseload.work_pages import job_page, standard_page
from chassis.aggregate import Aggregate, Recorded
from chassis.listen.told import Told
from chassis.listen.views import View
from events.caseload import (
    ActionOwner,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentKind,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
    CancelledBy,
    CheckInFellDue,
    CheckInMissed,
    CheckInMood,
    CheckInRecorded,
    CheckInTakenBack,
    JobEnded,
    JobEndReason,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
    MessageRead,
    MessageSent,
    MessageWithdrawn,
    Standard,
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
)
from events.fact import Fact
from events.meeting import MeetingChannel
from tests.caseload.cases import AMIR, CASE, FRIDAY, NOW, PARTICIPANT, PROGRAMME, PROVIDER, REFERRAL, TODAY, sealed
from tests.caseload.telling import folded, heard

WHOSE = {"case_id": CASE, "participant_id": PARTICIPANT, "provider_id": PROVIDER}
MEETING = {"starts_at": NOW + timedelta(days=1), "minutes": 45, "channel": MeetingChannel.VIDEO}
RULES = ProgrammeRules()

Lives = dict[UUID, list[Fact]]


def appointment(draw: some.DrawFn, _id: UUID) -> list[Fact]:
    booked = AppointmentBooked(occurred_at=NOW, coach_id=AMIR, kind=AppointmentKind.REVIEW, **WHOSE, **MEETING)
    moved = AppointmentRescheduled(
        occurred_at=NOW, **MEETING | {"minutes": 30, "place": sealed(AppointmentRescheduled, "place")}
    )
    wrong: list[Fact] = [
        AppointmentMissed(occurred_at=NOW, acceptable=True),
        AppointmentOutcomeCorrected(occurred_at=NOW),
    ]
    outcomes: list[list[Fact]] = [
        [],
        wrong,
        [*wrong, AppointmentAttended(occurred_at=NOW, late=True)],
        [AppointmentMissed(occurred_at=NOW, acceptable=False)],
        [AppointmentCancelled(occurred_at=NOW, by=CancelledBy.SERVICE)],
    ]
    before: list[list[Fact]] = [[], [moved]]
    return [booked, *draw(some.sampled_from(before)), *draw(some.sampled_from(outcomes))]


def conversation(draw: some.DrawFn, id: UUID) -> list[Fact]:  # noqa: A002
    facts: list[Fact] = []
    for number in range(draw(some.integers(1, 4))):
        message, text = uuid5(id, str(number)), sealed(MessageSent, "text")
        facts.append(
            MessageSent(occurred_at=NOW, message_id=message, by=ActionOwner.COACH, author_id=AMIR, text=text, **WHOSE)
        )
        read = MessageRead(occurred_at=NOW, message_id=message, by=ActionOwner.PARTICIPANT)
        facts += draw(some.sampled_from([[], [read], [MessageWithdrawn(occurred_at=NOW, message_id=message)]]))
    return facts


def job(draw: some.DrawFn, _id: UUID) -> list[Fact]:
    weeks = {"check_ins": RULES.check_ins(TODAY), "check_in_weeks": RULES.check_in_weeks}
    recorded = JobRecorded(occurred_at=NOW, starts_on=TODAY, **WHOSE, **weeks)
    others: list[Fact] = [
        JobStartDateSet(occurred_at=NOW, starts_on=TODAY, **weeks),
        JobTermsRevised(occurred_at=NOW, from_day=FRIDAY, hours_a_week=20.0),
        JobTermsRevised(occurred_at=NOW, from_day=FRIDAY, pay_a_year=21_000.0),
        JobTermsRevised(occurred_at=NOW, from_day=FRIDAY, self_employed=True),
        CheckInFellDue(occurred_at=NOW, week=1, due=FRIDAY),
        CheckInMissed(occurred_at=NOW, week=1, due=FRIDAY),
        CheckInRecorded(occurred_at=NOW, week=4, mood=CheckInMood.GOOD),
    ]
    wrong: list[Fact] = [
        CheckInRecorded(occurred_at=NOW, week=13, mood=CheckInMood.GOOD),
        CheckInTakenBack(occurred_at=NOW, week=13, taken_back=2),
    ]
    ended = JobEnded(occurred_at=NOW, last_day=FRIDAY, reason=JobEndReason.RESIGNED)
    corrected = JobOutcomeCorrected(occurred_at=NOW)
    ends: list[list[Fact]] = [[], [ended], [JobNotStarted(occurred_at=NOW)], [ended, corrected]]
    meanwhile = draw(some.lists(some.sampled_from(others), unique_by=repr))
    taken_back: list[list[Fact]] = [[], wrong, [*wrong, wrong[0]]]
    return [recorded, *meanwhile, *draw(some.sampled_from(taken_back)), *draw(some.sampled_from(ends))]


def standards(draw: some.DrawFn, _id: UUID) -> list[Fact]:
    facts: list[Fact] = []
    for standard in draw(some.lists(some.sampled_from(Standard), min_size=1, unique=True)):
        facts.append(promised(standard))
        told: list[Fact] = [
            StandardWarned(occurred_at=NOW, standard=standard, due=FRIDAY),
            StandardBreached(occurred_at=NOW, standard=standard, due=FRIDAY),
            StandardMet(occurred_at=NOW, standard=standard, on=TODAY, in_time=True),
            StandardExcused(occurred_at=NOW, standard=standard),
            StandardExcuseTakenBack(occurred_at=NOW, standard=standard, taken_back=2),
        ]
        facts += draw(some.lists(some.sampled_from(told), unique_by=repr))
    return facts


def promised(standard: Standard) -> StandardPromised:
    return StandardPromised(
        occurred_at=NOW,
        standard=standard,
        participant_id=PARTICIPANT,
        provider_id=PROVIDER,
        programme_id=PROGRAMME,
        referral_id=REFERRAL,
        warn_on=TODAY,
        due=FRIDAY,
    )


KINDS = {"appointment": appointment, "conversation": conversation, "job": job, "standards": standards}
VIEWS: dict[str, tuple[View, type[Aggregate]]] = {
    "appointment": (APPOINTMENTS, Appointment),
    "conversation": (MESSAGES, Conversation),
    "job": (JOBS, Job),
    "standards": (STANDARDS, ServiceStandards),
}


@some.composite
def lives(draw: some.DrawFn, kind: str) -> Lives:
    """Draw what happens to some of a kind."""
    ids = [UUID(int=900 + number) for number in range(draw(some.integers(1, 3)))]
    return {id: KINDS[kind](draw, id) for id in ids}  # noqa: A001


@some.composite
def arrivals(draw: some.DrawFn, facts: Lives) -> list[UUID]:
    """Draw whose fact is told when."""
    return draw(some.permutations([id for id, told in facts.items() for _ in told]))  # noqa: A001


def told(facts: Lives, order: Sequence[UUID]) -> Iterator[Told]:
    queues = {id: enumerate(life, start=1) for id, life in facts.items()}  # noqa: A001
    for position, whose in enumerate(order, start=1):
        version, fact = next(queues[whose])
        yield heard(fact, (whose, version), PARTICIPANT, PROVIDER, position)


def one_after_another(facts: Lives) -> list[UUID]:
    return [id for id, life in facts.items() for _ in life]  # noqa: A001


def held(kind: type[Aggregate], id: UUID, life: Sequence[Fact]) -> Any:  # noqa: A002
    """Return the aggregate that these facts tell."""
    first, *others = life
    aggregate = kind.begin(id, first)
    for fact in others:
        aggregate.record(fact)
    assert all(isinstance(event, Recorded) for event in aggregate.collect_events())
    return aggregate


@pytest.mark.parametrize("kind", KINDS)
@given(data=some.data())
def test_any_interleaving_of_lives_gives_the_same_view(kind: str, data: some.DataObject) -> None:
    view, _ = VIEWS[kind]
    facts = data.draw(lives(kind))
    arrived = list(told(facts, data.draw(arrivals(facts))))
    assert folded(view, arrived) == folded(view, list(told(facts, one_after_another(facts))))


@given(facts=lives("appointment"))
def test_the_view_of_appointments_tells_what_the_appointments_hold(facts: Lives) -> None:
    (rows,) = folded(APPOINTMENTS, list(told(facts, one_after_another(facts))))
    for id, life in facts.items():  # noqa: A001
        row, it = rows[id], held(Appointment, id, life)
        assert (row.version, row.outcome, row.starts_at, row.minutes) == (
            it.version,
            it.outcome,
            it.starts_at,
            it.minutes,
        )
        assert (row.case_id, row.tenant, row.place, row.cancelled_by) == (CASE, PROVIDER, it.place, it.cancelled_by)


@given(facts=lives("job"))
async def test_the_view_of_jobs_tells_what_the_jobs_hold(facts: Lives) -> None:
    (rows,) = folded(JOBS, list(told(facts, one_after_another(facts))))
    for id, life in facts.items():  # noqa: A001
        row, it = rows[id], held(Job, id, life)
        assert (row.version, row.starts_on, row.last_day, row.never_began, row.hours_a_week, row.pay_a_year) == (
            it.version,
            it.starts_on,
            it.last_day,
            it.never_began,
            *it.terms[:2],
        )
        assert set(row.answered) == it.answered.keys()
        assert dict(zip(row.weeks, row.days, strict=True)) == it.check_ins
        over = it.never_began or it.last_day
        silent = it.check_ins.keys() - it.answered.keys() - it.missed
        open_ones = [it.check_ins[week] for week in silent if not over]
        assert row.next_check_in == min(open_ones, default=None)


def test_a_job_keeps_the_hours_and_the_pay_that_a_revision_does_not_tell() -> None:
    id_ = UUID(int=900)
    others: list[dict[str, float]] = [{"pay_a_year": 21_000.0}, {"self_employed": True}, {"hours_a_week": 20.0}]
    life = [
        JobRecorded(occurred_at=NOW, starts_on=TODAY, hours_a_week=30.0, check_ins=(), check_in_weeks=(), **WHOSE),
        *(JobTermsRevised(occurred_at=NOW, from_day=FRIDAY, **terms) for terms in others),
    ]
    facts = list(told({id_: life}, [id_] * len(life)))
    rows = [folded(JOBS, facts[:number])[0][id_] for number in range(1, 5)]
    assert [(row.hours_a_week, row.pay_a_year) for row in rows] == [
        (30.0, None),
        (30.0, 21_000.0),
        (30.0, 21_000.0),
        (20.0, 21_000.0),
    ]


@given(facts=lives("standards"))
def test_the_view_of_promises_tells_what_the_standards_hold(facts: Lives) -> None:
    (rows,) = folded(STANDARDS, list(told(facts, one_after_another(facts))))
    for id, life in facts.items():  # noqa: A001
        clocks = held(ServiceStandards, id, life).clocks
        shown = {row.standard: row for row in rows.values() if row.standards_id == id}
        assert shown.keys() == clocks.keys()
        for standard, clock in clocks.items():
            row = shown[standard]
            assert (row.warned, row.breached, row.excused, row.met_on, row.due) == (
                clock.warned,
                clock.breached,
                bool(clock.excused),
                clock.met_on,
                clock.due,
            )
            assert standard_page([row]).standards[0].status != "running" or clock.runs


def test_an_excused_promise_that_is_done_all_the_same_is_excused_and_met_once_the_excuse_is_taken_back() -> None:
    life: list[Fact] = [
        promised(Standard.PLAN),
        StandardExcused(occurred_at=NOW, standard=Standard.PLAN),
        StandardMet(occurred_at=NOW, standard=Standard.PLAN, on=TODAY, in_time=True),
        StandardExcuseTakenBack(occurred_at=NOW, standard=Standard.PLAN, taken_back=2),
    ]
    facts = list(told({REFERRAL: life}, [REFERRAL] * len(life)))
    rows = [list(folded(STANDARDS, facts[:number])[0].values()) for number in range(1, 5)]
    assert [standard_page(row).standards[0].status for row in rows] == ["running", "excused", "excused", "met"]


@pytest.mark.parametrize(
    ("view", "fact"),
    [
        (APPOINTMENTS, AppointmentAttended(occurred_at=NOW, late=False)),
        (MESSAGES, MessageRead(occurred_at=NOW, message_id=UUID(int=1), by=ActionOwner.COACH)),
        (JOBS, JobNotStarted(occurred_at=NOW)),
        (STANDARDS, StandardWarned(occurred_at=NOW, standard=Standard.PLAN, due=FRIDAY)),
    ],
    ids=lambda it: getattr(it, "name", ""),
)
def test_what_happens_before_the_beginning_is_a_broken_journey(view: View, fact: Fact) -> None:
    with pytest.raises(LookupError):
        view.tables[0].fold(None, heard(fact, (UUID(int=9), 1), PARTICIPANT, PROVIDER, 1))


class Nobody:
    """Stands where a keyring is asked to open nothing."""

    async def open_many(self, sealed: Sequence[None]) -> list[None]:
        return [None for _ in sealed]


@pytest.mark.parametrize(
    ("day", "status", "weeks", "asked"),
    [
        (TODAY - timedelta(1), "expected", 0, "to_come"),
        (TODAY + timedelta(6), "running", 0, "to_come"),
        (TODAY + timedelta(7), "running", 1, "due"),
        (TODAY + timedelta(30), "running", 4, "due"),
    ],
)
async def test_a_job_is_shown_as_it_stands_on_the_day(day: date, status: str, weeks: int, asked: str) -> None:
    recorded = JobRecorded(
        occurred_at=NOW,
        starts_on=TODAY,
        check_ins=RULES.check_ins(TODAY),
        check_in_weeks=RULES.check_in_weeks,
        **WHOSE,
    )
    (rows,) = folded(JOBS, list(told({UUID(int=9): [recorded]}, [UUID(int=9)])))
    nobody: Any = Nobody()
    (entry,) = (await job_page(nobody, list(rows.values()), day)).jobs
    assert (entry.status, entry.weeks_in_work, entry.check_ins[0].status) == (status, weeks, asked)
