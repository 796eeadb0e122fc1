"""What was taken back is known by the facts that say so, as of any day."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from caseload.corrections import Corrections
from caseload.views.timeline import fold_timeline
from events.caseload import (
    ActionDone,
    ActionOwner,
    ActionStage,
    ActionStepTakenBack,
    AppointmentAttended,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    Channel,
    ContactRecorded,
    ContactRecordedInError,
)
from events.fact import Fact
from tests.caseload.telling import COACH, Journey, started

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
THING, OTHER = UUID(int=71), UUID(int=72)


def struck(journey: Journey, among: int | None = None) -> list[Fact]:
    """Return the facts that are taken back by the first so many."""
    told = journey.told[:among]
    corrections = Corrections.among(fold_timeline(None, one) for one in told)
    return [one.fact for one in told if corrections.strike(one.id, one.fact)]


def test_a_contact_is_taken_back_from_when_that_was_told() -> None:
    first, second = (
        ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=COACH, contact_id=id_)
        for id_ in (THING, OTHER)
    )
    nameless = ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=COACH)
    journey = started(NOON).tell(first, second, nameless, ContactRecordedInError(occurred_at=NOON, contact_id=OTHER))
    assert (struck(journey), struck(journey, -1)) == ([second], [])


def test_an_outcome_is_taken_back_and_the_one_that_follows_is_not() -> None:
    missed = AppointmentMissed(occurred_at=NOON, acceptable=False)
    attended = AppointmentAttended(occurred_at=NOON, late=False)
    corrected = AppointmentOutcomeCorrected(occurred_at=NOON + timedelta(hours=1))
    journey = started(NOON).tell(missed, corrected, attended, of=THING).tell(missed, of=OTHER)
    assert struck(journey) == [missed]


def test_of_an_action_that_fact_is_taken_back_which_was_wrong() -> None:
    done = ActionDone(occurred_at=NOON, action_id=THING)
    again = {"stage": ActionStage.AGREED, "begun": False, "owner": ActionOwner.COACH, "due": NOON.date()}
    back = ActionStepTakenBack(occurred_at=NOON, action_id=THING, taken_back=1, **again)
    told = started(NOON).tell(done, back, done, of=OTHER).told
    corrections = Corrections.among(fold_timeline(None, one) for one in told)
    assert [one.id for one in told if corrections.strike(one.id, one.fact)] == [f"{OTHER}:1"]
