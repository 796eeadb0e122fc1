"""The situation of a person is the same however the facts of different services arrive between each other."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.listen.views import Folding, View, fold_facts
from events.caseload import (
    ActionAgreed,
    ActionOwner,
    ActionStage,
    ActionStepTakenBack,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentKind,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
    CancelledBy,
    CaseCompleted,
    CaseExitedEarly,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    Channel,
    CoachAssigned,
    ContactRecorded,
    ContactRecordedInError,
    ExitReason,
    MessageSent,
    MessageWithdrawn,
    PauseReason,
    case_of,
)
from events.fact import Fact
from events.jobsearch import (
    ApplicationChased,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationSaved,
    ApplicationSent,
    ApplicationSuperseded,
    ApplicationUnanswered,
    InterviewCancelled,
    InterviewInvited,
    InterviewPrepared,
    InterviewRescheduled,
    OfferMade,
)
from events.keyring import PersonErased
from events.meeting import MeetingChannel
from events.nudges import (
    DeliveryChannel,
    NudgeDecided,
    NudgeDue,
    NudgeHeldOut,
    NudgeKind,
    NudgeSent,
    NudgeSuppressed,
    SuppressionReason,
    nudge_of,
    nudges_of,
)
from events.referrals import (
    DidNotStartReason,
    InitialMeetingBooked,
    InitialMeetingCancelled,
    InitialMeetingHeld,
    ParticipantNotStarted,
    ParticipantStarted,
    ReferralSubmitted,
)
from events.sealed import Sealed
from nudges.nudge import DUE
from nudges.views.messages import MESSAGES
from nudges.views.situation import SITUATION
from tests.journey import Journey, Line

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROVIDER, OTHER = UUID(int=11), UUID(int=12)
PEOPLE = [UUID(int=number) for number in range(1, 3)]


def ids(person: UUID) -> tuple[UUID, UUID, UUID, UUID, UUID]:
    """Return the referral, case, application, interview and appointment of a person."""
    referral, application, interview, appointment = (uuid5(person, word) for word in ("r", "a", "i", "m"))
    return referral, case_of(referral), application, interview, appointment


def seal(person: UUID, fact: type[Fact], field: str) -> Sealed:
    return Sealed(f"sealed:1:{UUID(int=99)}:{person}:{fact.type_name}:{field}:c2VhbGVk")


def referrals(person: UUID) -> list[list[tuple[UUID, Fact]]]:
    referral = ids(person)[0]
    meeting = {"meets_at": NOON, "occurred_at": NOON}
    submitted = ReferralSubmitted(
        occurred_at=NOON,
        participant_id=person,
        programme_id=OTHER,
        provider_id=PROVIDER,
        referrer_id=OTHER,
        acknowledge_by=NOON.date(),
        name=seal(person, ReferralSubmitted, "name"),
        email=seal(person, ReferralSubmitted, "email"),
    )
    facts: list[Fact] = [
        submitted,
        InitialMeetingBooked(channel=MeetingChannel.PHONE, **meeting),
        InitialMeetingHeld(**meeting),
        InitialMeetingCancelled(by="provider", **meeting),
        ParticipantStarted(occurred_at=NOON, programme_id=OTHER, start_date=date(2026, 3, 2)),
    ]
    return [[(referral, fact)] for fact in facts]


def contact(days: int, id_: UUID) -> ContactRecorded:
    at = NOON - timedelta(days=days)
    return ContactRecorded(occurred_at=at, channel=Channel.PHONE, coach_id=OTHER, contact_id=id_)


def caseload(person: UUID) -> list[list[tuple[UUID, Fact]]]:
    referral, case, _, _, appointment = ids(person)
    places = {"occurred_at": NOON, "participant_id": person, "provider_id": PROVIDER}
    message = {"message_id": OTHER, "case_id": case, "author_id": OTHER, "text": seal(person, MessageSent, "text")}
    time = {"starts_at": NOON + timedelta(days=3), "minutes": 30, "channel": MeetingChannel.PHONE}
    booked = AppointmentBooked(case_id=case, coach_id=OTHER, kind=AppointmentKind.REVIEW, **time, **places)
    agreed = ActionAgreed(
        occurred_at=NOON,
        action_id=OTHER,
        owner=ActionOwner.COACH,
        what=seal(person, ActionAgreed, "what"),
        due=NOON.date(),
    )
    of_case: list[Fact] = [
        CaseOpened(programme_id=OTHER, referral_id=referral, **places),
        CoachAssigned(occurred_at=NOON, coach_id=OTHER),
        agreed,
        CasePaused(occurred_at=NOON, reason=PauseReason.HEALTH),
        CaseResumed(occurred_at=NOON),
        CaseCompleted(occurred_at=NOON),
        CaseExitedEarly(occurred_at=NOON, reason=ExitReason.DECEASED),
        CaseReactivated(occurred_at=NOON),
        contact(2, PROVIDER),
        ContactRecordedInError(occurred_at=NOON, contact_id=PROVIDER),
    ]
    of_appointment: list[Fact] = [
        booked,
        AppointmentRescheduled(occurred_at=NOON, **time),
        AppointmentAttended(occurred_at=NOON, late=False),
        AppointmentCancelled(occurred_at=NOON, by=CancelledBy.SERVICE),
        AppointmentOutcomeCorrected(occurred_at=NOON),
    ]
    wrote: list[Fact] = [MessageSent(by=by, **message, **places) for by in ActionOwner]
    wrote.append(MessageWithdrawn(occurred_at=NOON, message_id=OTHER))
    return [
        *([(case, fact)] for fact in of_case),
        *([(appointment, fact)] for fact in of_appointment),
        *([(uuid5(case, "conversation"), fact)] for fact in wrote),
    ]


def jobsearch(person: UUID) -> list[list[tuple[UUID, Fact]]]:
    _, _, application, interview, _ = ids(person)
    facts: list[Fact] = [
        ApplicationSaved(occurred_at=NOON, participant_id=person, provider_id=PROVIDER, vacancy_id=OTHER),
        ApplicationSent(occurred_at=NOON),
        ApplicationChased(occurred_at=NOON + timedelta(days=1)),
        ApplicationUnanswered(occurred_at=NOON),
        ApplicationReopened(occurred_at=NOON),
        ApplicationSuperseded(occurred_at=NOON, by_application_id=OTHER),
        ApplicationRestored(occurred_at=NOON),
        OfferMade(occurred_at=NOON),
        InterviewInvited(occurred_at=NOON, interview_id=interview, round=1, day=date(2026, 3, 9)),
        InterviewRescheduled(occurred_at=NOON, interview_id=interview, starts_at=NOON + timedelta(days=8)),
        InterviewPrepared(occurred_at=NOON, interview_id=interview),
        InterviewCancelled(occurred_at=NOON, interview_id=interview),
    ]
    return [[(application, fact)] for fact in facts]


def nudges(person: UUID) -> list[list[tuple[UUID, Fact]]]:
    _, case, application, interview, _ = ids(person)
    about = {
        NudgeKind.AGREE_AN_ACTION: case,
        NudgeKind.CHASE_AN_APPLICATION: application,
        NudgeKind.PREPARE_AN_INTERVIEW: interview,
    }
    steps: list[list[tuple[UUID, Fact]]] = []
    for kind, about_id in about.items():
        told = {
            "occurred_at": NOON,
            "nudge_id": nudge_of(kind, about_id, NOON),
            "participant_id": person,
            "provider_id": PROVIDER,
            "kind": kind,
            "due": DUE[kind],
            "about_id": about_id,
            "since": NOON,
        }
        sent = NudgeSent(occurred_at=NOON, nudge_id=nudge_of(kind, about_id, NOON), channel=DeliveryChannel.INBOX)
        decided = NudgeDecided(propensity=0.9, channel=DeliveryChannel.INBOX, **told)
        facts: list[list[Fact]] = [
            [NudgeSuppressed(reason=SuppressionReason.SETTLED, **told)],
            [NudgeHeldOut(propensity=0.9, **told)],
            [decided, sent],
        ]
        steps += [[(nudges_of(person, PROVIDER), fact) for fact in some_facts] for some_facts in facts]
    return steps


SERVICES = (referrals, caseload, jobsearch, nudges)
STEPS = {(tell, person): tell(person) for tell in SERVICES for person in PEOPLE}


@some.composite
def histories(draw: some.DrawFn) -> list[list[Line]]:
    """Draw what each service tells, in its own order."""
    sources = []
    for tell in SERVICES:
        lines: list[Line] = []
        for person in PEOPLE:
            for step in draw(some.lists(some.sampled_from(STEPS[tell, person]), max_size=5)):
                lines += [Line(fact, aggregate, person, PROVIDER) for aggregate, fact in step]
        sources.append(lines)
    erased = draw(some.lists(some.sampled_from(PEOPLE), unique=True))
    return [*sources, [Line(PersonErased(occurred_at=NOON), person, person, PROVIDER) for person in erased]]


def folded(view: View, lines: list[Line]) -> list[dict[Any, Any]]:
    """Return the rows of each table of a view after these facts."""
    journey = Journey()
    told = [journey.heard(line) for line in lines]
    foldings: list[Folding[Any]] = [Folding(table, 0) for table in view.tables]
    assert fold_facts(foldings, [one for one in told if one.type in view.type_names]) == []
    return [folding.rows for folding in foldings]


@pytest.mark.parametrize("view", [SITUATION, MESSAGES], ids=lambda view: view.name)
@given(data=some.data())
def test_any_interleaving_of_the_services_gives_the_same_view(view: View, data: some.DataObject) -> None:
    sources = data.draw(histories())
    order = [source for source, lines in enumerate(sources) for _ in lines]
    Random(data.draw(some.integers(0, 2**32))).shuffle(order)
    queues = [iter(lines) for lines in sources]
    arrived = [next(queues[source]) for source in order]
    assert folded(view, arrived) == folded(view, [line for lines in sources for line in lines])


def test_a_contact_that_was_taken_back_counts_no_longer() -> None:
    person = PEOPLE[0]
    _, case, _, _, appointment = ids(person)
    attended = AppointmentAttended(occurred_at=NOON - timedelta(days=1), late=False)
    facts: list[tuple[UUID, Fact]] = [
        (case, contact(9, PROVIDER)),
        (case, contact(2, OTHER)),
        (appointment, attended),
        (appointment, AppointmentOutcomeCorrected(occurred_at=NOON)),
        (case, ContactRecordedInError(occurred_at=NOON, contact_id=OTHER)),
    ]
    lines = [Line(fact, aggregate, person, PROVIDER) for aggregate, fact in facts]
    counted = [next(iter(folded(SITUATION, lines[:number])[0].values())).last_contact_at for number in range(1, 6)]
    assert [(NOON - at).days for at in counted] == [9, 2, 1, 2, 9]


def rows_after(table: int, facts: list[tuple[UUID, Fact]]) -> list[Any]:
    """Return the first row of a table of the situation after each of these facts."""
    lines = [Line(fact, aggregate, PEOPLE[0], PROVIDER) for aggregate, fact in facts]
    counts = range(1, len(lines) + 1)
    return [next(iter(folded(SITUATION, lines[:number])[table].values())) for number in counts]


def test_a_death_is_taken_back_by_the_case_that_told_it_alone() -> None:
    referral, case, *_ = ids(PEOPLE[0])
    died = CaseExitedEarly(occurred_at=NOON, reason=ExitReason.DECEASED)
    never = ParticipantNotStarted(occurred_at=NOON, reason=DidNotStartReason.DECEASED)
    back = CaseReactivated(occurred_at=NOON)
    of_a_case: list[tuple[UUID, Fact]] = [(case, died), (OTHER, back), (case, back)]
    of_a_referral: list[tuple[UUID, Fact]] = [(referral, never), (OTHER, back), (case, back)]
    of_two: list[tuple[UUID, Fact]] = [(case, died), (OTHER, died), (OTHER, back), (case, back)]
    assert [row.deceased for row in rows_after(0, of_a_case)] == [True, True, False]
    assert [row.deceased for row in rows_after(0, of_a_referral)] == [True, True, False]
    assert [row.deceased for row in rows_after(0, of_two)] == [True, True, True, False]


def only_suggested(case: UUID, version: int) -> tuple[UUID, ActionStepTakenBack]:
    """Return that the agreement of this version was none."""
    stood = {"action_id": OTHER, "stage": ActionStage.SUGGESTED, "owner": ActionOwner.COACH, "due": NOON.date()}
    return case, ActionStepTakenBack(occurred_at=NOON, begun=False, taken_back=version, **stood)


def test_an_action_is_agreed_until_every_agreement_is_taken_back() -> None:
    case = ids(PEOPLE[0])[1]
    agreed = next(step for step in caseload(PEOPLE[0]) if isinstance(step[0][1], ActionAgreed))[0]
    facts = [agreed, agreed, only_suggested(case, 1), only_suggested(case, 1), only_suggested(case, 2), agreed]
    assert [row.action_agreed for row in rows_after(1, facts)] == [True, True, True, True, False, True]


def test_something_that_became_of_a_nudge_that_nobody_decided_is_a_broken_journey() -> None:
    sent = NudgeSent(occurred_at=NOON, nudge_id=OTHER, channel=DeliveryChannel.INBOX)
    told = Journey().heard(Line(sent, OTHER, PEOPLE[0], PROVIDER))
    with pytest.raises(LookupError):
        MESSAGES.tables[0].fold(None, told)


def test_every_kind_of_nudge_has_its_own_reason_to_be_due() -> None:
    assert sorted(DUE.values()) == sorted(NudgeDue)
