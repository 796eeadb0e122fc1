"""A view is the same however the facts of different services arrive between each other."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from caseload.views.caseload import CASELOAD
from caseload.views.timeline import TIMELINE
from chassis.listen.told import Told
from chassis.listen.views import Folding, View, fold_facts
from events.caseload import (
    ActionAgreed,
    ActionBegun,
    ActionCancelled,
    ActionDone,
    ActionDueDateMoved,
    ActionFellDue,
    ActionOwner,
    ActionPutOnStandby,
    ActionResumed,
    ActionSuggested,
    CaseCompleted,
    CaseExitedEarly,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    CaseStarted,
    Channel,
    CoachAssigned,
    ContactRecorded,
    ExitReason,
    PauseReason,
    case_of,
)
from events.fact import Fact
from events.keyring import PersonErased
from events.referrals import ReferralAccepted, ReferralAcknowledged, ReferralSubmitted
from events.sealed import Sealed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FRIDAY = date(2026, 3, 6)
PEOPLE = [UUID(int=number) for number in range(1, 4)]
PROVIDER, PROGRAMME, REFERRER = (UUID(int=number) for number in range(11, 14))
COACHES = [UUID(int=number) for number in range(21, 24)]

Tell = Callable[..., Told]
Journey = list[tuple[UUID, Fact]]


def sealed(person: UUID, fact: str, field: str) -> Sealed:
    return Sealed(f"sealed:1:{UUID(int=99)}:{person}:waymark.{fact}.v1:{field}:c2VhbGVk")


def referred(person: UUID) -> Journey:
    """Return what the referrals service tells of a person."""
    name = sealed(person, "referrals.ReferralSubmitted", "name")
    places = {"participant_id": person, "programme_id": PROGRAMME, "provider_id": PROVIDER, "referrer_id": REFERRER}
    submitted = ReferralSubmitted(occurred_at=NOON, acknowledge_by=FRIDAY, name=name, **places)
    accepted = ReferralAccepted(occurred_at=NOON, programme_id=PROGRAMME)
    facts = [submitted, ReferralAcknowledged(occurred_at=NOON), accepted]
    return [(uuid5(person, "referral"), fact) for fact in facts]


@some.composite
def cases(draw: some.DrawFn, person: UUID) -> Journey:
    """Draw what the caseload service tells of a person: a case, and whatever happens in it."""
    referral = uuid5(person, "referral")
    places = {"participant_id": person, "provider_id": PROVIDER, "programme_id": PROGRAMME, "referral_id": referral}
    facts: list[Fact] = [CaseOpened(occurred_at=NOON, **places)]
    for number in range(draw(some.integers(0, 5))):
        facts += draw(some.sampled_from([coached, contacted, acted, suggested, lived]))(
            draw, person, uuid5(person, str(number))
        )
    return [(case_of(referral), fact) for fact in facts]


def coached(draw: some.DrawFn, _person: UUID, _id: UUID) -> list[Fact]:
    return [CoachAssigned(occurred_at=NOON, coach_id=draw(some.sampled_from(COACHES)))]


def contacted(draw: some.DrawFn, _person: UUID, _id: UUID) -> list[Fact]:
    at = NOON + timedelta(days=draw(some.integers(-40, 40)))
    return [ContactRecorded(occurred_at=at, channel=Channel.PHONE, coach_id=COACHES[0])]


def acted(draw: some.DrawFn, person: UUID, action: UUID) -> list[Fact]:
    what = sealed(person, "caseload.ActionAgreed", "what")
    agreed = ActionAgreed(occurred_at=NOON, action_id=action, owner=ActionOwner.COACH, what=what, due=FRIDAY)
    late: list[Fact] = [ActionFellDue(occurred_at=NOON, action_id=action, due=FRIDAY)]
    settled = draw(some.sampled_from([ActionDone, ActionCancelled]))
    return [agreed, *draw(some.sampled_from([[], late])), settled(occurred_at=NOON, action_id=action)]


def suggested(draw: some.DrawFn, person: UUID, action: UUID) -> list[Fact]:
    what = sealed(person, "caseload.ActionSuggested", "what")
    both = {"occurred_at": NOON, "action_id": action, "owner": ActionOwner.PARTICIPANT, "due": FRIDAY}
    proposed = ActionSuggested(by=ActionOwner.COACH, what=what, **both)
    agreed = ActionAgreed(what=sealed(person, "caseload.ActionAgreed", "what"), **both)
    steps: list[Fact] = [
        ActionBegun(occurred_at=NOON, action_id=action),
        ActionPutOnStandby(occurred_at=NOON, action_id=action),
        ActionResumed(occurred_at=NOON, action_id=action),
        ActionDueDateMoved(occurred_at=NOON, action_id=action, due=FRIDAY + timedelta(days=7)),
    ]
    begun = [agreed, *draw(some.lists(some.sampled_from(steps), max_size=2))]
    declined: list[Fact] = [ActionCancelled(occurred_at=NOON, action_id=action)]
    return [proposed, *draw(some.sampled_from([[], begun, declined]))]


def lived(draw: some.DrawFn, _person: UUID, _id: UUID) -> list[Fact]:
    started = CaseStarted(occurred_at=NOON, start_date=FRIDAY, ends_on=FRIDAY + timedelta(days=364))
    rest: list[Fact] = [CasePaused(occurred_at=NOON, reason=PauseReason.HEALTH, until=FRIDAY)]
    ends: list[list[Fact]] = [
        [],
        [CaseResumed(occurred_at=NOON)],
        [CaseCompleted(occurred_at=NOON)],
        [CaseExitedEarly(occurred_at=NOON, reason=ExitReason.HEALTH), CaseReactivated(occurred_at=NOON)],
    ]
    return [started, *draw(some.sampled_from([[], rest])), *draw(some.sampled_from(ends))]


def erased(person: UUID) -> Journey:
    """Return what the keyring tells of a person."""
    return [(person, PersonErased(occurred_at=NOON))]


@some.composite
def histories(draw: some.DrawFn) -> list[Journey]:
    """Draw what each source tells, in its own order."""
    people = PEOPLE[: draw(some.integers(1, 3))]
    referrals = [told for person in people for told in referred(person)]
    caseload = [told for person in people for told in draw(cases(person))]
    keyring = [told for person in draw(some.lists(some.sampled_from(people), unique=True)) for told in erased(person)]
    return [referrals, caseload, keyring]


@some.composite
def arrivals(draw: some.DrawFn, history: list[Journey]) -> list[int]:
    """Draw an order of sources, as many times each as it has facts."""
    return draw(some.permutations([source for source, facts in enumerate(history) for _ in facts]))


def heard(tell: Tell, history: list[Journey]) -> list[list[Told]]:
    """Return the facts of each source as they are heard."""
    return [list(numbered(tell, facts)) for facts in history]


def numbered(tell: Tell, facts: Journey) -> list[Told]:
    versions: dict[UUID, int] = {}
    told = []
    for position, (aggregate, fact) in enumerate(facts, start=1):
        versions[aggregate] = versions.get(aggregate, 0) + 1
        person = next(p for p in PEOPLE if aggregate in {p, uuid5(p, "referral"), case_of(uuid5(p, "referral"))})
        told.append(tell(fact, (aggregate, versions[aggregate]), person, PROVIDER, position))
    return told


def folded(view: View, facts: Sequence[Told]) -> list[dict[Any, Any]]:
    """Return the rows of each table of a view after these facts."""
    foldings: list[Folding[Any]] = [Folding(table, 0) for table in view.tables]
    names = view.type_names
    assert fold_facts(foldings, [told for told in facts if told.type in names]) == []
    return [folding.rows for folding in foldings]


@pytest.mark.parametrize("view", [CASELOAD, TIMELINE], ids=lambda view: view.name)
@settings(deadline=None)
@given(data=some.data())
def test_any_interleaving_of_the_services_gives_the_same_view(view: View, data: some.DataObject, tell: Tell) -> None:
    history = data.draw(histories())
    sources = heard(tell, history)
    queues = [iter(facts) for facts in sources]
    arrived = [next(queues[source]) for source in data.draw(arrivals(history))]
    one_after_another = [told for facts in sources for told in facts]
    assert folded(view, arrived) == folded(view, one_after_another)


def test_a_case_shows_its_coach_its_person_and_the_latest_contact(tell: Tell) -> None:
    person = PEOPLE[0]
    referral = uuid5(person, "referral")
    places = {"participant_id": person, "provider_id": PROVIDER, "programme_id": PROGRAMME, "referral_id": referral}
    facts = [
        CaseOpened(occurred_at=NOON, **places),
        CoachAssigned(occurred_at=NOON, coach_id=COACHES[0]),
        ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=COACHES[0]),
        ContactRecorded(occurred_at=NOON - timedelta(days=9), channel=Channel.LETTER, coach_id=COACHES[0]),
        CoachAssigned(occurred_at=NOON, coach_id=COACHES[1]),
    ]
    told = numbered(tell, [*referred(person), *((case_of(referral), fact) for fact in facts)])
    (row,) = folded(CASELOAD, told)[0].values()
    assert (row.participant_id, row.tenant, row.referral_id, row.programme_id) == (
        person,
        PROVIDER,
        referral,
        PROGRAMME,
    )
    assert (row.coach_id, row.opened_at, row.version) == (COACHES[1], NOON, 5)
    contacts = folded(CASELOAD, told)[2].values()
    assert max(contact.occurred_at for contact in contacts if not contact.in_error) == NOON
    assert row.name == sealed(person, "referrals.ReferralSubmitted", "name")


def test_an_action_settled_before_it_was_agreed_is_a_broken_journey(tell: Tell) -> None:
    person = PEOPLE[0]
    done = ActionDone(occurred_at=NOON, action_id=UUID(int=7))
    (told,) = numbered(tell, [(case_of(uuid5(person, "referral")), done)])
    with pytest.raises(LookupError):
        CASELOAD.tables[1].fold(None, told)


def test_a_case_stands_where_its_facts_led(tell: Tell) -> None:
    person = PEOPLE[0]
    referral = uuid5(person, "referral")
    places = {"participant_id": person, "provider_id": PROVIDER, "programme_id": PROGRAMME, "referral_id": referral}
    facts = [
        CaseOpened(occurred_at=NOON, **places),
        CaseStarted(occurred_at=NOON, start_date=FRIDAY),
        CasePaused(occurred_at=NOON, reason=PauseReason.HEALTH, until=FRIDAY),
        CaseExitedEarly(occurred_at=NOON, reason=ExitReason.HEALTH),
    ]
    (left,) = folded(CASELOAD, numbered(tell, [(case_of(referral), fact) for fact in facts]))[0].values()
    assert (left.starts_on, left.pause, left.paused_until, left.ended) == (FRIDAY, "health", FRIDAY, "exited_early")
    again = [*facts, CaseReactivated(occurred_at=NOON)]
    (back,) = folded(CASELOAD, numbered(tell, [(case_of(referral), fact) for fact in again]))[0].values()
    assert (back.starts_on, back.pause, back.paused_until, back.ended) == (FRIDAY, None, None, None)


def test_a_suggestion_becomes_an_action_that_remembers_who_suggested_it(tell: Tell) -> None:
    person = PEOPLE[0]
    both = {"occurred_at": NOON, "action_id": UUID(int=7), "owner": ActionOwner.PARTICIPANT, "due": FRIDAY}
    facts: list[Fact] = [
        ActionSuggested(by=ActionOwner.PARTICIPANT, what=sealed(person, "caseload.ActionSuggested", "what"), **both),
        ActionAgreed(what=sealed(person, "caseload.ActionAgreed", "what"), **both),
        ActionPutOnStandby(occurred_at=NOON, action_id=UUID(int=7)),
    ]
    case = case_of(uuid5(person, "referral"))
    (row,) = folded(CASELOAD, numbered(tell, [(case, fact) for fact in facts]))[1].values()
    assert (row.suggested_by, row.stage) == (ActionOwner.PARTICIPANT, "standby")
