"""Given what was decided about a person, when something comes up, then these facts follow, or it is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as some

from chassis.aggregate import Recorded
from events.fact import Fact
from events.nudges import (
    DeliveryChannel,
    EmailBounced,
    NudgeAnswered,
    NudgeDecided,
    NudgeDelayed,
    NudgeDelivered,
    NudgeDeliveryFailed,
    NudgeDismissed,
    NudgeHeldOut,
    NudgeKind,
    NudgeKindResumed,
    NudgeKindStopped,
    NudgeSeen,
    NudgeSent,
    NudgesPaused,
    NudgesResumed,
    NudgeSuppressed,
    ServiceMessageDelayed,
    ServiceMessageDropped,
    ServiceMessageKind,
    ServiceMessageSent,
    SuppressionReason,
)
from events.referrals import ReferralAcknowledged
from nudges.decision import Circumstances, Rules
from nudges.nudge import TRIED_AGAIN_AFTER, NudgeAlreadyAnswered, NudgeNotSent, Nudges
from nudges.occasion import Attempt, Candidate, Outcome, Person, Reminder
from nudges.stage import Stage

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = Rules(ZoneInfo("Europe/London"))
PARTICIPANT, PROVIDER, CASE, APPLICATION, INTERVIEW, MEETING, REFERRAL = (UUID(int=number) for number in range(1, 8))
ADA = Person(PARTICIPANT, PROVIDER, held_out=False, propensity=0.9)
HELD_OUT = Person(PARTICIPANT, PROVIDER, held_out=True, propensity=0.9)
STEP = Candidate(NudgeKind.AGREE_AN_ACTION, CASE, NOON - 10 * DAY)
CHASE = Candidate(NudgeKind.CHASE_AN_APPLICATION, APPLICATION, NOON - 14 * DAY)
REMINDER = Reminder(ServiceMessageKind.APPOINTMENT_TOMORROW, MEETING, date(2026, 3, 4), NOON + DAY)
FREE = Circumstances()
BY_MAIL, BOUNCED = Attempt(DeliveryChannel.EMAIL, Outcome.CARRIED, REFERRAL), Outcome.BOUNCED
TO_INBOX = Attempt(DeliveryChannel.INBOX)


def fresh(person: Person = ADA) -> Nudges:
    nudges = Nudges.of(person, NOON)
    nudges.collect_events()
    return nudges


def decided(nudges: Nudges) -> list[Fact]:
    """Return the facts that were decided since."""
    return [event.fact for event in nudges.collect_events() if isinstance(event, Recorded)]


def kinds(nudges: Nudges) -> list[type[Fact]]:
    return [type(fact) for fact in decided(nudges)]


def considered(candidate: Candidate = CHASE, address: UUID | None = REFERRAL) -> Nudges:
    """Return the nudges of somebody for whom one was decided."""
    nudges = fresh()
    nudges.consider(candidate, FREE, RULES, address, NOON)
    nudges.collect_events()
    return nudges


def sent(candidate: Candidate = CHASE) -> Nudges:
    """Return the nudges of somebody who got one."""
    nudges = considered(candidate)
    nudges.deliver(candidate.nudge_id, BY_MAIL, NOON)
    nudges.collect_events()
    return nudges


def test_a_person_who_may_be_nudged_is_with_the_logged_propensity() -> None:
    nudges = fresh()
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    (fact,) = decided(nudges)
    assert isinstance(fact, NudgeDecided)
    assert (fact.kind, fact.about_id, fact.propensity, fact.channel) == (CHASE.kind, APPLICATION, 0.9, "email")
    assert (nudges.subject, nudges.tenant, nudges.id) == (PARTICIPANT, PROVIDER, ADA.nudges_id)


def test_who_has_no_address_finds_it_in_the_inbox() -> None:
    nudges = fresh()
    nudges.consider(CHASE, FREE, RULES, None, NOON)
    (fact,) = decided(nudges)
    assert isinstance(fact, NudgeDecided)
    assert fact.channel is DeliveryChannel.INBOX


def test_the_holdout_stays_even_when_the_share_changes_later() -> None:
    nudges = fresh(HELD_OUT)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    (fact,) = decided(nudges)
    assert isinstance(fact, NudgeHeldOut)
    assert fact.propensity == 0.9


def test_what_was_decided_is_not_decided_again() -> None:
    nudges = considered()
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON + DAY)
    assert decided(nudges) == []


def test_what_was_suppressed_is_looked_at_again() -> None:
    nudges = fresh()
    nudges.consider(CHASE, Circumstances(last_contact_at=NOON), RULES, REFERRAL, NOON)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON + 3 * DAY)
    suppressed, given = decided(nudges)
    assert isinstance(suppressed, NudgeSuppressed)
    assert (suppressed.reason, suppressed.again_at) == (SuppressionReason.HUMAN_CONTACT, NOON + 3 * DAY)
    assert isinstance(given, NudgeDecided)


def test_a_fourth_within_a_week_waits_until_the_first_is_a_week_old() -> None:
    nudges = fresh()
    for number in range(4):
        candidate = Candidate(NudgeKind.CHASE_AN_APPLICATION, UUID(int=100 + number), NOON)
        nudges.consider(candidate, FREE, RULES, REFERRAL, NOON + number * DAY)
    facts = decided(nudges)
    assert all(isinstance(fact, NudgeDecided) for fact in facts[:3])
    (suppressed,) = facts[3:]
    assert isinstance(suppressed, NudgeSuppressed)
    assert (suppressed.reason, suppressed.again_at) == (SuppressionReason.WEEKLY_CAP, NOON + 7 * DAY)


def test_a_nudge_that_was_never_sent_leaves_room_for_another() -> None:
    nudges = fresh()
    for number in range(3):
        candidate = Candidate(NudgeKind.CHASE_AN_APPLICATION, UUID(int=100 + number), NOON)
        nudges.consider(candidate, FREE, RULES, REFERRAL, NOON)
        assert not nudges.still_wanted(candidate.nudge_id, Circumstances(settled=True), RULES, NOON)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    assert kinds(nudges)[-1] is NudgeDecided


def test_a_nudge_is_sent_when_nothing_changed() -> None:
    nudges = considered()
    assert nudges.still_wanted(CHASE.nudge_id, FREE, RULES, NOON)
    nudges.deliver(CHASE.nudge_id, BY_MAIL, NOON)
    assert decided(nudges) == [NudgeSent(occurred_at=NOON, nudge_id=CHASE.nudge_id, channel=DeliveryChannel.EMAIL)]
    assert not nudges.still_wanted(CHASE.nudge_id, FREE, RULES, NOON)


@pytest.mark.parametrize(
    "changed", [Circumstances(settled=True), Circumstances(deceased=True), Circumstances(last_contact_at=NOON)]
)
def test_a_nudge_is_not_sent_when_something_speaks_against_it_by_now(changed: Circumstances) -> None:
    nudges = considered()
    assert not nudges.still_wanted(CHASE.nudge_id, changed, RULES, NOON)
    assert kinds(nudges) == [NudgeSuppressed]


def test_an_inbox_has_what_was_put_into_it() -> None:
    nudges = considered(address=None)
    nudges.deliver(CHASE.nudge_id, TO_INBOX, NOON)
    assert kinds(nudges) == [NudgeSent, NudgeDelivered]


def test_an_address_that_takes_no_mail_is_told_once_and_not_used_again() -> None:
    nudges = considered()
    nudges.deliver(CHASE.nudge_id, Attempt(DeliveryChannel.EMAIL, BOUNCED, REFERRAL), NOON)
    failed, bounced, *_ = facts = decided(nudges)
    assert [type(fact) for fact in facts] == [NudgeDeliveryFailed, EmailBounced, NudgeSent, NudgeDelivered]
    assert isinstance(failed, NudgeDeliveryFailed)
    assert isinstance(bounced, EmailBounced)
    assert (failed.bounced, bounced.referral_id) == (True, REFERRAL)
    assert not nudges.takes_mail(REFERRAL)
    assert nudges.takes_mail(UUID(int=99))
    nudges.remind(REMINDER, Attempt(DeliveryChannel.EMAIL, BOUNCED, REFERRAL), NOON)
    assert kinds(nudges) == [ServiceMessageSent]


def test_a_carrier_that_is_away_is_tried_again_ever_later_until_the_inbox_has_it() -> None:
    nudges, away = considered(), Attempt(DeliveryChannel.EMAIL, Outcome.AWAY, REFERRAL)
    for _ in range(len(TRIED_AGAIN_AFTER) + 1):
        nudges.deliver(CHASE.nudge_id, away, NOON)
    *delays, failed, in_inbox, _ = decided(nudges)
    assert [fact.again_at - NOON for fact in delays if isinstance(fact, NudgeDelayed)] == list(TRIED_AGAIN_AFTER)
    assert isinstance(failed, NudgeDeliveryFailed)
    assert not failed.bounced
    assert isinstance(in_inbox, NudgeSent)


def test_a_mail_that_is_refused_for_what_it_says_is_no_bounce() -> None:
    nudges = considered()
    nudges.deliver(CHASE.nudge_id, Attempt(DeliveryChannel.EMAIL, Outcome.REFUSED, REFERRAL), NOON)
    assert kinds(nudges) == [NudgeDeliveryFailed, NudgeSent, NudgeDelivered]
    assert nudges.takes_mail(REFERRAL)


def test_a_nudge_is_seen_once_and_dismissed_once() -> None:
    nudges = sent()
    for _ in range(2):
        nudges.see(CHASE.nudge_id, NOON)
        nudges.dismiss(CHASE.nudge_id, NOON)
    assert kinds(nudges) == [NudgeSeen, NudgeDismissed]


@pytest.mark.parametrize("mark", [Nudges.see, Nudges.dismiss])
@pytest.mark.parametrize("nudges", [fresh, considered])
def test_what_was_never_sent_can_neither_be_seen_nor_dismissed(
    mark: Callable[[Nudges, UUID, datetime], None], nudges: Callable[[], Nudges]
) -> None:
    with pytest.raises(NudgeNotSent):
        mark(nudges(), CHASE.nudge_id, NOON)


def test_what_was_answered_cannot_be_dismissed() -> None:
    nudges = sent()
    nudges.answer(CHASE.kind, APPLICATION, f"{APPLICATION}:4", NOON + DAY)
    with pytest.raises(NudgeAlreadyAnswered):
        nudges.dismiss(CHASE.nudge_id, NOON + DAY)


@pytest.mark.parametrize(("after", "answered"), [(timedelta(0), 1), (7 * DAY, 1), (8 * DAY, 0), (-DAY, 0)])
def test_doing_it_within_a_week_answers_a_nudge(after: timedelta, answered: int) -> None:
    nudges = sent()
    nudges.answer(CHASE.kind, APPLICATION, f"{APPLICATION}:4", NOON + after)
    nudges.answer(CHASE.kind, APPLICATION, f"{APPLICATION}:5", NOON + after)
    assert kinds(nudges) == [NudgeAnswered] * answered


def test_doing_something_else_answers_nothing() -> None:
    nudges = sent()
    nudges.answer(CHASE.kind, INTERVIEW, f"{INTERVIEW}:4", NOON)
    nudges.answer(NudgeKind.PREPARE_AN_INTERVIEW, APPLICATION, f"{APPLICATION}:4", NOON)
    assert decided(nudges) == []


def test_doing_it_without_a_nudge_answers_nothing() -> None:
    nudges = fresh(HELD_OUT)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    nudges.collect_events()
    nudges.answer(CHASE.kind, APPLICATION, f"{APPLICATION}:4", NOON + DAY)
    assert decided(nudges) == []


def test_a_kind_that_was_stopped_is_not_given_and_others_are() -> None:
    nudges = fresh()
    nudges.stop(NudgeKind.CHASE_AN_APPLICATION, NOON)
    nudges.stop(NudgeKind.CHASE_AN_APPLICATION, NOON)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    nudges.consider(STEP, FREE, RULES, REFERRAL, NOON)
    assert kinds(nudges) == [NudgeKindStopped, NudgeSuppressed, NudgeDecided]


def test_who_stopped_everything_gets_nothing_until_they_want_it_again() -> None:
    nudges = fresh()
    nudges.stop(None, NOON)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    nudges.resume(None, NOON)
    nudges.resume(None, NOON)
    nudges.consider(STEP, FREE, RULES, REFERRAL, NOON)
    assert kinds(nudges) == [NudgeKindStopped, NudgeSuppressed, NudgeKindResumed, NudgeDecided]


def test_a_kind_is_wanted_again() -> None:
    nudges = fresh()
    nudges.stop(CHASE.kind, NOON)
    nudges.resume(CHASE.kind, NOON)
    nudges.resume(CHASE.kind, NOON)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    assert kinds(nudges) == [NudgeKindStopped, NudgeKindResumed, NudgeDecided]


def test_of_everything_that_was_stopped_one_kind_is_wanted_again() -> None:
    nudges = fresh()
    nudges.stop(CHASE.kind, NOON)
    nudges.stop(None, NOON)
    nudges.resume(CHASE.kind, NOON)
    assert [kind for kind in NudgeKind if not nudges.wishes.refuse(kind)] == [CHASE.kind]
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    assert kinds(nudges)[-1] is NudgeDecided


@pytest.mark.parametrize(
    ("by_coach", "reason"), [(True, SuppressionReason.PAUSED_BY_COACH), (False, SuppressionReason.PAUSED_BY_PERSON)]
)
def test_a_pause_holds_until_its_end(by_coach: bool, reason: SuppressionReason) -> None:
    nudges = fresh()
    nudges.take_pause(paused(by_coach=by_coach, until=NOON + DAY))
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON)
    nudges.consider(CHASE, FREE, RULES, REFERRAL, NOON + DAY)
    _, suppressed, given = decided(nudges)
    assert isinstance(suppressed, NudgeSuppressed)
    assert (suppressed.reason, suppressed.again_at) == (reason, NOON + DAY)
    assert isinstance(given, NudgeDecided)


def test_a_pause_is_ended_once() -> None:
    nudges = fresh()
    nudges.take_pause(paused(by_coach=True))
    nudges.end_pause(NOON)
    nudges.end_pause(NOON)
    assert kinds(nudges) == [NudgesPaused, NudgesResumed]


def paused(*, by_coach: bool, until: datetime | None = None) -> NudgesPaused:
    return NudgesPaused(
        occurred_at=NOON, participant_id=PARTICIPANT, provider_id=PROVIDER, by_coach=by_coach, until=until
    )


def test_a_reminder_needs_no_leave_and_is_sent_once() -> None:
    nudges = fresh(HELD_OUT)
    nudges.stop(None, NOON)
    nudges.remind(REMINDER, BY_MAIL, NOON)
    nudges.remind(REMINDER, BY_MAIL, NOON)
    nudges.drop(REMINDER, NOON)
    assert kinds(nudges) == [NudgeKindStopped, ServiceMessageSent]


def test_a_reminder_that_is_no_longer_right_is_dropped_once() -> None:
    nudges = fresh()
    nudges.drop(REMINDER, NOON)
    nudges.drop(REMINDER, NOON)
    nudges.remind(REMINDER, BY_MAIL, NOON)
    assert kinds(nudges) == [ServiceMessageDropped]


def test_a_reminder_is_tried_again_until_the_inbox_has_it() -> None:
    nudges, away = fresh(), Attempt(DeliveryChannel.EMAIL, Outcome.AWAY, REFERRAL)
    for _ in range(len(TRIED_AGAIN_AFTER) + 1):
        nudges.remind(REMINDER, away, NOON)
    *delays, last = decided(nudges)
    assert [type(fact) for fact in delays] == [ServiceMessageDelayed] * len(TRIED_AGAIN_AFTER)
    assert isinstance(last, ServiceMessageSent)
    assert last.channel is DeliveryChannel.INBOX


@pytest.mark.parametrize(
    ("now", "right"),
    [
        (datetime(2026, 3, 3, 9, tzinfo=UTC), True),
        (datetime(2026, 3, 3, 19, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 3, 20, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 7, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), False),
        (datetime(2026, 3, 4, 9, tzinfo=UTC), False),
    ],
)
def test_a_reminder_has_its_day_and_ends_at_eight_in_the_evening(now: datetime, right: bool) -> None:
    assert REMINDER.in_time(RULES, now) is right


def deliver_all(nudges: Nudges) -> None:
    for nudge_id, nudge in list(nudges.nudges.items()):
        if nudge.stage is Stage.DECIDED:
            nudges.deliver(nudge_id, BY_MAIL, NOON)


@drawn(some.data())
def test_folding_the_facts_again_gives_the_same_person(data: some.DataObject) -> None:
    nudges = fresh()
    steps: list[Any] = [
        lambda: nudges.consider(data.draw(some.sampled_from([CHASE, STEP])), FREE, RULES, REFERRAL, NOON),
        lambda: deliver_all(nudges),
        lambda: nudges.stop(data.draw(some.none() | some.sampled_from(NudgeKind)), NOON),
        lambda: nudges.resume(data.draw(some.none() | some.sampled_from(NudgeKind)), NOON),
        lambda: nudges.answer(CHASE.kind, APPLICATION, f"{APPLICATION}:4", NOON),
        lambda: nudges.remind(REMINDER, BY_MAIL, NOON),
    ]
    for step in data.draw(some.lists(some.sampled_from(steps), max_size=12)):
        step()
    again = fresh()
    for fact in decided(nudges):
        again.record(fact)
    assert (again.nudges, again.wishes, again.reminders) == (nudges.nudges, nudges.wishes, nudges.reminders)


def test_a_fact_of_another_aggregate_is_not_folded() -> None:
    with pytest.raises(TypeError, match="Nudges does not fold ReferralAcknowledged"):
        fresh().fold(ReferralAcknowledged(occurred_at=NOON))
