"""Each policy, from what happened to what the person finds in their inbox, at a chosen moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from events.caseload import (
    ActionAgreed,
    ActionOwner,
    CaseExitedEarly,
    CasePaused,
    CaseReactivated,
    Channel,
    ContactRecorded,
    ExitReason,
    PauseReason,
)
from events.jobsearch import (
    ApplicationChased,
    ApplicationEnd,
    ApplicationRejected,
    ApplicationSaved,
    ApplicationSent,
    InterviewInvited,
    InterviewPrepared,
)
from events.sealed import Sealed
from tests.nudges.running import DAY, EVERYBODY, NOON, Person, Platform

NORTHWAY = uuid4()
STARTED = date(2040, 2, 25)


@pytest.fixture
def ada(platform: Platform) -> Person:
    """Take Ada on; she has no mail address."""
    person = Person(NORTHWAY, email=None)
    platform.take_on(person)
    return person


def agreed(person: Person, at: datetime) -> ActionAgreed:
    what = Sealed(f"sealed:1:{uuid4()}:{person.id}:waymark.caseload.ActionAgreed.v1:what:c2VhbGVk")
    return ActionAgreed(occurred_at=at, action_id=uuid4(), owner=ActionOwner.PARTICIPANT, what=what, due=at.date())


def contact(at: datetime) -> ContactRecorded:
    return ContactRecorded(occurred_at=at, channel=Channel.PHONE, coach_id=uuid4())


def only(platform: Platform, person: Person) -> Any:
    """Return the one nudge of a person."""
    (nudge,) = platform.inbox(person)["nudges"]
    return nudge


def test_ten_days_without_an_agreed_action_a_person_is_nudged(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    platform.decide(NOON - 2 * DAY)
    assert platform.inbox(ada)["nudges"] == []
    platform.decide(NOON)
    platform.deliver(NOON)
    nudge = only(platform, ada)
    assert (nudge["kind"], nudge["state"], nudge["channel"]) == ("agree_an_action", "sent", "inbox")
    assert nudge["why"] == "You started on 25 February, and no step is agreed yet."


def test_who_agreed_an_action_is_not_nudged_to_it(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    platform.tell(ada, ada.case, agreed(ada, NOON - 5 * DAY))
    platform.decide(NOON)
    assert platform.inbox(ada)["nudges"] == []


def test_an_application_without_answer_for_two_weeks_is_chased(platform: Platform, ada: Person) -> None:
    application = uuid4()
    platform.tell(ada, application, ApplicationSent(occurred_at=NOON - 14 * DAY))
    platform.decide(NOON - timedelta(hours=1))
    assert platform.inbox(ada)["nudges"] == []
    platform.decide(NOON)
    nudge = only(platform, ada)
    assert (nudge["kind"], nudge["about_id"], nudge["state"]) == ("chase_an_application", str(application), "decided")


@pytest.mark.parametrize("known", ["employer", "link", "brokered", "title"])
def test_an_application_is_chased_where_somebody_is_known_who_can_be_asked(
    platform: Platform, ada: Person, known: str
) -> None:
    words = Sealed(f"sealed:1:{uuid4()}:{ada.id}:waymark.jobsearch.ApplicationSaved.v1:{known}:c2VhbGVk")
    told: dict[str, Any] = {known: True if known == "brokered" else words}
    saved = ApplicationSaved(occurred_at=NOON - 15 * DAY, participant_id=ada.id, provider_id=NORTHWAY, **told)
    platform.tell(ada, uuid4(), saved, ApplicationSent(occurred_at=NOON - 14 * DAY))
    platform.decide(NOON)
    nudge = only(platform, ada)
    nobody = known == "title"
    assert nudge["state"] == ("suppressed" if nobody else "decided")
    assert nudge["not_sent"] == ("Not sent, because we do not know whom you could ask." if nobody else None)


def test_an_application_that_was_chased_waits_two_weeks_more(platform: Platform, ada: Person) -> None:
    application = uuid4()
    chased = ApplicationChased(occurred_at=NOON - 3 * DAY)
    platform.tell(ada, application, ApplicationSent(occurred_at=NOON - 17 * DAY), chased)
    platform.decide(NOON)
    assert platform.inbox(ada)["nudges"] == []
    platform.decide(NOON + 11 * DAY)
    assert only(platform, ada)["why"].startswith("You applied, or asked, on 3 March")


def test_an_application_that_was_answered_is_not_chased(platform: Platform, ada: Person) -> None:
    rejected = ApplicationRejected(occurred_at=NOON - DAY, reason=ApplicationEnd.NOT_SHORTLISTED)
    platform.tell(ada, uuid4(), ApplicationSent(occurred_at=NOON - 20 * DAY), rejected)
    platform.decide(NOON)
    assert platform.inbox(ada)["nudges"] == []


def invited(interview: UUID, starts_at: datetime, at: datetime) -> InterviewInvited:
    return InterviewInvited(occurred_at=at, interview_id=interview, round=1, starts_at=starts_at)


def test_the_day_before_an_interview_that_is_not_prepared_a_person_is_nudged(platform: Platform, ada: Person) -> None:
    interview = uuid4()
    platform.tell(ada, uuid4(), invited(interview, NOON + DAY, NOON - 5 * DAY))
    platform.decide(NOON)
    assert platform.inbox(ada)["nudges"] == []
    platform.decide(NOON + timedelta(hours=1))
    nudge = only(platform, ada)
    assert (nudge["kind"], nudge["about_id"], nudge["state"]) == ("prepare_an_interview", str(interview), "decided")


def test_who_is_prepared_is_not_nudged_to_it(platform: Platform, ada: Person) -> None:
    interview = uuid4()
    prepared = InterviewPrepared(occurred_at=NOON - DAY, interview_id=interview)
    platform.tell(ada, uuid4(), invited(interview, NOON + DAY, NOON - 5 * DAY), prepared)
    platform.decide(NOON + timedelta(hours=1))
    assert platform.inbox(ada)["nudges"] == []


def test_after_a_talk_a_nudge_waits_three_days_and_asks_again_whether_it_is_right(
    platform: Platform, ada: Person
) -> None:
    platform.start(ada, STARTED)
    platform.tell(ada, ada.case, contact(NOON - DAY))
    platform.decide(NOON)
    nudge = only(platform, ada)
    assert (nudge["state"], nudge["reason"]) == ("suppressed", "human_contact")
    assert nudge["not_sent"] == "Not sent, because somebody from the service was in touch with you just before."
    assert datetime.fromisoformat(nudge["again_at"]) == NOON + 2 * DAY
    platform.decide(NOON + 2 * DAY)
    assert only(platform, ada)["state"] == "decided"


def test_what_was_settled_meanwhile_is_not_sent(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    platform.tell(ada, ada.case, contact(NOON - DAY))
    platform.decide(NOON)
    platform.tell(ada, ada.case, agreed(ada, NOON))
    platform.decide(NOON + 2 * DAY)
    nudge = only(platform, ada)
    assert (nudge["state"], nudge["reason"], nudge["again_at"]) == ("suppressed", "settled", None)


def test_nobody_is_nudged_at_night(platform: Platform, ada: Person) -> None:
    evening = datetime(2040, 3, 6, 21, tzinfo=UTC)
    platform.tell(ada, uuid4(), ApplicationSent(occurred_at=evening - 14 * DAY))
    platform.decide(evening)
    nudge = only(platform, ada)
    assert (nudge["reason"], nudge["again_at"]) == ("quiet_hours", "2040-03-07T08:00:00Z")
    platform.decide(datetime(2040, 3, 7, 8, tzinfo=UTC))
    assert only(platform, ada)["state"] == "decided"


def test_a_fourth_nudge_within_a_week_waits(platform: Platform, ada: Person) -> None:
    for _ in range(4):
        platform.tell(ada, uuid4(), ApplicationSent(occurred_at=NOON - 14 * DAY))
    platform.decide(NOON)
    states = sorted(nudge["state"] for nudge in platform.inbox(ada)["nudges"])
    assert states == ["decided", "decided", "decided", "suppressed"]


def test_who_is_held_out_gets_nothing_and_may_know_it(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    platform.decide(NOON, EVERYBODY)
    platform.deliver(NOON)
    nudge = only(platform, ada)
    assert (nudge["state"], nudge["sent_at"]) == ("held_out", None)
    assert nudge["not_sent"].startswith("Not sent. A few people, chosen by lot")


def test_while_a_case_rests_nothing_is_expected_of_the_person(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    pause = CasePaused(occurred_at=NOON - DAY, reason=PauseReason.HEALTH, until=date(2040, 3, 10))
    platform.tell(ada, ada.case, pause)
    platform.decide(NOON)
    nudge = only(platform, ada)
    assert (nudge["reason"], nudge["again_at"]) == ("case_paused", "2040-03-11T08:00:00Z")


def test_a_rest_with_a_last_day_is_over_when_that_day_is(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    pause = CasePaused(occurred_at=NOON - DAY, reason=PauseReason.HEALTH, until=date(2040, 3, 10))
    platform.tell(ada, ada.case, pause)
    platform.decide(NOON)
    platform.decide(datetime(2040, 3, 11, 8, tzinfo=UTC))
    assert only(platform, ada)["state"] == "decided"


def test_a_case_that_rested_when_it_was_closed_does_not_rest_when_it_goes_on(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    pause = CasePaused(occurred_at=NOON - 3 * DAY, reason=PauseReason.HEALTH, until=None)
    exited = CaseExitedEarly(occurred_at=NOON - 2 * DAY, reason=ExitReason.HEALTH)
    platform.tell(ada, ada.case, pause, exited, CaseReactivated(occurred_at=NOON - DAY))
    platform.decide(NOON)
    assert only(platform, ada)["state"] == "decided"


def test_a_death_between_decision_and_sending_stops_everything(platform: Platform, ada: Person) -> None:
    platform.start(ada, STARTED)
    platform.decide(NOON)
    platform.tell(ada, ada.case, CaseExitedEarly(occurred_at=NOON, reason=ExitReason.DECEASED))
    platform.deliver(NOON)
    nudge = only(platform, ada)
    assert (nudge["state"], nudge["reason"], nudge["sent_at"]) == ("suppressed", "deceased", None)


def test_doing_it_answers_the_nudge(platform: Platform, ada: Person) -> None:
    application = uuid4()
    platform.tell(ada, application, ApplicationSent(occurred_at=NOON - 14 * DAY))
    platform.decide(NOON)
    platform.deliver(NOON)
    platform.tell(ada, application, ApplicationChased(occurred_at=NOON + DAY))
    platform.eventually(ada, lambda page: page["nudges"][0]["state"] == "answered")


def test_the_service_decides_and_sends_by_its_own_clock(platform: Platform, ada: Person) -> None:
    platform.start(ada, datetime.now(UTC).date() - timedelta(days=30))
    (nudge,) = platform.eventually(ada, lambda page: page["nudges"] and page["nudges"][0]["state"] != "decided")[
        "nudges"
    ]
    assert (nudge["state"], nudge["reason"]) in {("sent", None), ("suppressed", "quiet_hours")}
