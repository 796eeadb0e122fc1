"""Every fact of the journey says a sentence of its own on the timeline, and no sentence shows a type name."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from caseload.kinds import KINDS, STAFF_ONLY, UNLISTED
from caseload.sentences import UNKNOWN, WORDINGS, sentence_of, shared
from caseload.views.timeline import ON_OTHER_TOPICS, TIMELINE
from events.caseload import (
    ActionOwner,
    AppointmentBooked,
    AppointmentKind,
    Channel,
    ContactRecorded,
    MessageSent,
    NeedsAssessed,
    NextStepSetAside,
    SetAsideReason,
    Track,
    TrackChosen,
)
from events.catalogue import every_fact
from events.fact import read
from events.jobsearch import InterviewInvited
from events.meeting import MeetingChannel
from events.sealed import Sealed
from tests.caseload.telling import ADA, COACH, PROVIDER, sealed

GOLDEN = Path(__file__).parents[2] / "libs/events/golden"
LONDON: Final = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTE = Sealed(f"sealed:1:{UUID(int=1)}:{UUID(int=2)}:waymark.caseload.ContactRecorded.v1:note:c2VhbGVk")
TOLD = [fact.type_name for fact in every_fact().values() if fact not in ON_OTHER_TOPICS]


@pytest.mark.parametrize("type_name", TOLD)
def test_every_fact_has_a_sentence_that_is_plain_english(type_name: str) -> None:
    words = sentence_of(read(type_name, (GOLDEN / f"{type_name}.json").read_bytes()), LONDON).words
    assert words != UNKNOWN
    assert re.fullmatch(r"[A-Z][^{}_]*\.", words)
    assert not {":1:", "v1", every_fact()[type_name].__name__, "None"} & set(re.split(r"[ .,]", words))
    assert "sealed" not in words


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("waymark.*.json")), ids=lambda path: path.stem)
def test_every_golden_fact_of_the_journey_can_be_told(golden: Path) -> None:
    type_name = ".".join(golden.name.split(".")[:4])
    fact = read(type_name, golden.read_bytes())
    if type(fact) not in ON_OTHER_TOPICS:
        assert sentence_of(fact, LONDON).words.endswith(".")


@pytest.mark.parametrize(
    ("step", "reason", "words"),
    [
        ("10.cv", SetAsideReason.NEED_HELP, "The person asks for help with this: write their CV."),
        (
            f"3.{UUID(int=1)}",
            SetAsideReason.LATER,
            "The person put this off until 5 March 2026: read the coach's message and answer it.",
        ),
        ("12", SetAsideReason.NOT_RIGHT, "The person says that this is not right for them: look at new jobs."),
        ("profile", SetAsideReason.NEED_HELP, "The person asks for help with this: take the next step."),
    ],
)
def test_a_step_that_was_set_aside_is_said_by_its_name(step: str, reason: SetAsideReason, words: str) -> None:
    aside = NextStepSetAside(occurred_at=NOON, step=step, reason=reason, until=date(2026, 3, 5))
    assert sentence_of(aside, LONDON).words == words


def test_the_timeline_hears_everything_that_is_told_on_the_journey() -> None:
    assert {fact.type_name for fact in TIMELINE.facts} == set(TOLD)
    assert WORDINGS.keys() == set(TIMELINE.facts)


def test_every_fact_of_the_journey_is_of_one_kind() -> None:
    kinds = [fact for facts in KINDS.values() for fact in facts]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == set(TIMELINE.facts) - UNLISTED
    assert set(TIMELINE.facts) >= STAFF_ONLY


def test_a_contact_says_how_and_brings_its_sealed_note() -> None:
    contact = ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=UUID(int=3), note=NOTE)
    sentence = sentence_of(contact, LONDON)
    assert (sentence.words, sentence.sealed) == ("Coach and person spoke by phone.", {"Note": NOTE})


@pytest.mark.parametrize(("is_shared", "note"), [(True, {"Note": NOTE}), (False, {}), (None, {})])
def test_the_person_reads_a_coachs_note_only_when_it_is_shared(is_shared: bool | None, note: dict[str, Sealed]) -> None:
    contact = ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=COACH, note=NOTE, shared=is_shared)
    assert shared(contact, sentence_of(contact, LONDON)).sealed == note


def test_the_person_does_not_read_what_the_staff_wrote_for_each_other() -> None:
    reason = sealed(TrackChosen, "reason")
    chosen = TrackChosen(occurred_at=NOON, track=Track.SUPPORTED, coach_id=COACH, reason=reason)
    sentence = sentence_of(chosen, LONDON)
    assert sentence.sealed == {"Reason": reason}
    assert shared(chosen, sentence) == ("A coach chose the track: supported.", {})


def test_what_the_two_wrote_to_each_other_is_shared() -> None:
    message = MessageSent(
        occurred_at=NOON,
        message_id=UUID(int=7),
        case_id=UUID(int=8),
        participant_id=ADA,
        provider_id=PROVIDER,
        by=ActionOwner.COACH,
        author_id=COACH,
        text=NOTE,
    )
    sentence = shared(message, sentence_of(message, LONDON))
    assert (sentence.words, sentence.sealed) == ("The coach wrote a message.", {"Text": NOTE})


def test_days_are_written_out() -> None:
    type_name = "waymark.caseload.ActionFellDue.v1"
    sentence = sentence_of(read(type_name, (GOLDEN / f"{type_name}.json").read_bytes()), LONDON)
    assert sentence.words == "An agreed action was not done by 4 March 2026."


def test_moments_are_those_of_the_programmes_time_zone() -> None:
    booked = AppointmentBooked(
        occurred_at=NOON,
        case_id=UUID(int=7),
        participant_id=ADA,
        provider_id=PROVIDER,
        coach_id=COACH,
        kind=AppointmentKind.REVIEW,
        starts_at=datetime(2026, 7, 1, 9, tzinfo=UTC),
        minutes=30,
        channel=MeetingChannel.VIDEO,
    )
    assert sentence_of(booked, LONDON).words == "An appointment was booked for 1 July 2026 at 10 am, by video."


def test_an_interview_without_a_day_says_so() -> None:
    invited = InterviewInvited(occurred_at=NOON, interview_id=UUID(int=7), round=1)
    assert sentence_of(invited, LONDON).words == (
        "The employer invites the person to an interview, the day is not known yet."
    )


def test_an_assessment_that_found_nothing_says_so() -> None:
    nothing = NeedsAssessed(occurred_at=NOON, barriers=(), contact_needs=())
    assert sentence_of(nothing, LONDON).words == "Coach and person went through the needs: nothing stands in the way."
