"""The board is the same however the facts of jobsearch and caseload arrive between each other."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.aggregate import Recorded
from chassis.listen.told import Told
from chassis.listen.views import Folding, fold_facts
from events.caseload import CaseOpened, CoachAssigned, JobNotStarted, JobRecorded, JobStartDateSet
from events.fact import Fact
from events.jobsearch import (
    ApplicationDropped,
    ApplicationEnd,
    ApplicationSaved,
    ApplicationSent,
    InterviewInvited,
    OfferAccepted,
    OfferMade,
)
from jobsearch.application import Application
from jobsearch.views.applications import APPLICATIONS, fold_application, fold_interview
from jobsearch.views.caring import CARING
from tests.envelope import Envelope

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PERSON, PROVIDER, COACH, OTHER = (UUID(int=number) for number in range(1, 5))

Story = list[tuple[UUID, Fact]]
Deed = Callable[[Application, UUID, datetime], None]

DEEDS: list[Deed] = [
    lambda one, _id, at: one.express_interest(at),
    lambda one, _id, at: one.send(ApplicationSent(occurred_at=at), at),
    lambda one, _id, at: one.acknowledge(at),
    lambda one, _id, at: one.chase(at),
    lambda one, new, at: one.invite(InterviewInvited(occurred_at=at, interview_id=new, round=one.next_round)),
    lambda one, _id, at: one.prepare(next(iter(one.interviews)), at),
    lambda one, _id, at: one.hold(next(iter(one.interviews)), at, at.date()),
    lambda one, _id, at: one.cancel_interview(next(reversed(one.interviews)), at),
    lambda one, _id, at: one.offer(at.date(), at),
    lambda one, _id, at: one.accept(OfferAccepted(occurred_at=at)),
    lambda one, _id, at: one.decline(at),
    lambda one, _id, at: one.reject(ApplicationEnd.NOT_CHOSEN, at),
    lambda one, _id, at: one.withdraw(ApplicationDropped.OTHER, at),
    lambda one, _id, at: one.reopen(at),
    lambda one, _id, at: one.supersede(OTHER, at),
    lambda one, _id, at: one.restore(OTHER, at),
    lambda one, _id, at: one.close_vacancy(at),
]


@some.composite
def lives(draw: some.DrawFn, application_id: UUID) -> tuple[Application, list[Fact]]:
    """Draw the life of an application, as its own rules allow it."""
    saved = ApplicationSaved(occurred_at=NOON, participant_id=PERSON, provider_id=PROVIDER, vacancy_id=OTHER)
    application = Application.begin(application_id, saved)
    for number, deed in enumerate(draw(some.lists(some.sampled_from(DEEDS), max_size=12))):
        try:
            deed(application, uuid5(application_id, str(number)), NOON + timedelta(hours=number))
        except Exception:  # noqa: BLE001, S112  (whatever is refused did not happen)
            continue
    return application, [event.fact for event in application.collect_events() if isinstance(event, Recorded)]


def jobs(application: UUID) -> Story:
    """Return what the caseload service tells of a case and of a job that never began."""
    job = uuid5(application, "job")
    places = {"participant_id": PERSON, "provider_id": PROVIDER}
    recorded = JobRecorded(
        occurred_at=NOON, case_id=OTHER, application_id=application, check_ins=(), check_in_weeks=(), **places
    )
    day = JobStartDateSet(occurred_at=NOON, starts_on=date(2026, 3, 9), check_ins=(), check_in_weeks=())
    opened = CaseOpened(occurred_at=NOON, programme_id=OTHER, referral_id=OTHER, **places)
    assigned = CoachAssigned(occurred_at=NOON, coach_id=COACH)
    return [(OTHER, opened), (OTHER, assigned), (job, recorded), (job, day), (job, JobNotStarted(occurred_at=NOON))]


def told(source: str, story: Story) -> list[Told]:
    """Return facts as they are heard from their source."""
    versions: dict[UUID, int] = {}
    heard = []
    for position, (aggregate, fact) in enumerate(story, start=1):
        versions[aggregate] = versions.get(aggregate, 0) + 1
        envelope = Envelope(
            id=f"{aggregate}:{versions[aggregate]}",
            source=source,
            type=fact.type_name,
            subject=PERSON,
            time=fact.occurred_at,
            recorded_at=NOON,
            position=position,
            previous=position - 1,
            correlation_id="",
            causation_id="",
            actor="test:1",
            tenant=PROVIDER,
        )
        record = SimpleNamespace(
            topic="waymark.journey",
            partition=0,
            offset=0,
            key=str(PERSON).encode(),
            headers=envelope.headers(),
            value=fact.model_dump_json(exclude_none=True).encode(),
        )
        heard.append(Told(record))
    return heard


def folded(view: Any, facts: Sequence[Told]) -> list[dict[Any, Any]]:
    """Return the rows of each table of a view after these facts."""
    foldings: list[Folding[Any]] = [Folding(table, 0) for table in view.tables]
    assert fold_facts(foldings, [fact for fact in facts if fact.type in view.type_names]) == []
    return [folding.rows for folding in foldings]


@given(data=some.data())
def test_any_interleaving_gives_the_same_board_and_the_stages_of_the_applications_themselves(
    data: some.DataObject,
) -> None:
    first, second = [data.draw(lives(UUID(int=number))) for number in (11, 12)]
    own = told("jobsearch", [(one.id, fact) for one, facts in (first, second) for fact in facts])
    theirs = told("caseload", jobs(first[0].id))
    order = data.draw(some.permutations([0] * len(own) + [1] * len(theirs)))
    queues = [iter(own), iter(theirs)]
    arrived = [next(queues[source]) for source in order]
    for view in (APPLICATIONS, CARING):
        assert folded(view, arrived) == folded(view, own + theirs)
    rows = folded(APPLICATIONS, arrived)[0]
    for application, _ in (first, second):
        row = rows[application.id]
        assert (row.stage, row.before, row.version) == (application.stage, application.before, application.version)
        assert (row.sent, row.ahead, row.held) == (application.sent, application.ahead, application.held)
        assert row.waiting_since == application.waiting_since


@pytest.mark.parametrize("fold", [fold_application, fold_interview])
def test_what_goes_on_before_it_began_is_a_broken_journey(fold: Any) -> None:
    (sent,) = told("jobsearch", [(OTHER, OfferMade(occurred_at=NOON))])
    with pytest.raises(LookupError):
        fold(None, sent)


def test_a_job_that_came_of_an_application_shows_the_day_that_was_set_later() -> None:
    row = folded(APPLICATIONS, told("caseload", jobs(OTHER)))[2][uuid5(OTHER, "job")]
    assert (row.application_id, row.starts_on, row.not_started_at) == (OTHER, date(2026, 3, 9), NOON)


def test_a_person_is_cared_for_by_the_coach_of_the_case() -> None:
    (row,) = folded(CARING, told("caseload", jobs(OTHER)))[0].values()
    assert (row.participant_id, row.tenant, row.coach_id) == (PERSON, PROVIDER, COACH)
