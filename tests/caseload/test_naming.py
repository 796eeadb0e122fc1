"""A line of the history says what it is about, in the words by which that was first told."""

from datetime import UTC, datetime
from uuid import UUID

from caseload.naming import Names
from caseload.views.timeline import fold_timeline
from events.caseload import (
    ActionAgreed,
    ActionDone,
    ActionOwner,
    ActionSuggested,
    CheckInMissed,
    JobRecorded,
    NextStepSetAside,
    NextStepTakenUp,
    SetAsideReason,
)
from events.fact import Fact
from events.jobsearch import ApplicationSaved, InterviewInvited
from tests.caseload.telling import ADA, PROVIDER, Journey, sealed, started

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
THING, OTHER = UUID(int=71), UUID(int=72)
WHOSE = {"participant_id": ADA, "provider_id": PROVIDER}


def names_of(journey: Journey, fact: type[Fact]) -> list[dict[str, str]]:
    """Return by what names the facts of a type go."""
    names = Names.among(fold_timeline(None, one) for one in journey.told)
    return [dict(names.of(one.id, one.fact)) for one in journey.told if isinstance(one.fact, fact)]


def test_each_step_of_an_action_names_that_action() -> None:
    suggested, agreed = (sealed(fact, "what") for fact in (ActionSuggested, ActionAgreed))
    asked = {"owner": ActionOwner.PARTICIPANT, "due": NOON.date()}
    suggestion = ActionSuggested(occurred_at=NOON, action_id=THING, what=suggested, by=ActionOwner.PARTICIPANT, **asked)
    agreement = ActionAgreed(occurred_at=NOON, action_id=OTHER, what=agreed, **asked)
    done = [ActionDone(occurred_at=NOON, action_id=action) for action in (THING, OTHER, UUID(int=73))]
    journey = started(NOON).tell(suggestion, agreement, *done)
    assert names_of(journey, ActionDone) == [{"What": suggested}, {"What": agreed}, {}]


def test_a_step_that_was_set_aside_names_the_action_that_it_is_about() -> None:
    agreed = sealed(ActionAgreed, "what")
    agreement = ActionAgreed(
        occurred_at=NOON, action_id=THING, what=agreed, owner=ActionOwner.PARTICIPANT, due=NOON.date()
    )
    aside = [
        NextStepSetAside(occurred_at=NOON, step=step, reason=SetAsideReason.NEED_HELP, until=NOON.date())
        for step in (f"7.{THING}", "10.cv", "12")
    ]
    journey = started(NOON).tell(agreement, *aside, NextStepTakenUp(occurred_at=NOON, step=f"7.{THING}"))
    assert names_of(journey, NextStepSetAside) == [{"What": agreed}, {}, {}]
    assert names_of(journey, NextStepTakenUp) == [{"What": agreed}]


def test_what_follows_an_application_names_its_job_and_employer_as_far_as_they_are_known() -> None:
    title = sealed(ApplicationSaved, "title")
    saved = ApplicationSaved(occurred_at=NOON, title=title, **WHOSE)
    invited = InterviewInvited(occurred_at=NOON, interview_id=OTHER, round=1)
    journey = started(NOON).tell(saved, invited, of=THING).tell(invited, of=OTHER)
    assert names_of(journey, InterviewInvited) == [{"Title": title}, {}]


def test_a_check_in_names_its_job() -> None:
    title, employer = sealed(JobRecorded, "title"), sealed(JobRecorded, "employer")
    journey = started(NOON)
    recorded = JobRecorded(
        occurred_at=NOON, case_id=journey.case, title=title, employer=employer, check_ins=(), check_in_weeks=(), **WHOSE
    )
    journey.tell(recorded, CheckInMissed(occurred_at=NOON, week=4, due=NOON.date()), of=THING)
    assert names_of(journey, CheckInMissed) == [{"Title": title, "Employer": employer}]
