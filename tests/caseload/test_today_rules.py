"""Whom a coach looks at today, rule by rule: what puts a person in the queue, and what takes them out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from caseload.dossier.folding import dossier_of
from caseload.moment import Now
from caseload.today.fixed import next_fixed
from caseload.today.reason import Deed, Reason, TodayRules
from caseload.today.rules import reasons_for
from chassis.listen.told import Told
from events.caseload import (
    ActionAgreed,
    ActionDone,
    ActionFellDue,
    ActionOwner,
    ActionStage,
    ActionStepTakenBack,
    ActionSuggested,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentKind,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    CancelledBy,
    CaseCompleted,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseStarted,
    Channel,
    CheckInFellDue,
    CheckInMissed,
    CheckInMood,
    CheckInRecorded,
    CheckInTakenBack,
    ContactRecorded,
    ContactRecordedInError,
    ExitReason,
    JobEnded,
    JobEndReason,
    JobOutcomeCorrected,
    JobRecorded,
    MessageSent,
    MessageWithdrawn,
    NextStepSetAside,
    NextStepTakenUp,
    PauseReason,
    PlanAgreed,
    PlanDrafted,
    PlanReviewed,
    PlanReviewTakenBack,
    SafetyConcernHandled,
    SafetyConcernHandlingTakenBack,
    SafetyConcernRaised,
    SetAsideReason,
    Standard,
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
)
from events.fact import Fact
from events.jobsearch import (
    ApplicationEnd,
    ApplicationRejected,
    ApplicationSaved,
    ApplicationSent,
    InterviewHeld,
    InterviewInvited,
    InterviewPrepared,
    OfferAccepted,
    OfferMade,
)
from events.meeting import MeetingChannel
from events.referrals import InitialMeetingBooked, InitialMeetingHeld, InitialMeetingMissed, ReferralHandoverHeld
from tests.caseload.telling import ADA, COACH, PROGRAMME, PROVIDER, Journey, opened, sealed, started

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = TodayRules()
THING, OTHER, THIRD = (UUID(int=number) for number in (71, 72, 73))
WHO = {"participant_id": ADA, "provider_id": PROVIDER}


def later(**timed: float) -> datetime:
    """Return a moment after noon of the second of March 2026, a Monday."""
    return NOON + timedelta(**timed)


def reasons(journey: Journey, now: datetime = NOON, only: int | None = None) -> list[Reason]:
    found = reasons_for(journey.stands(), Now(now, LONDON), RULES)
    return [reason for reason in found if only is None or reason.rule == only]


def contact(at: datetime = NOON) -> ContactRecorded:
    return ContactRecorded(occurred_at=at, channel=Channel.PHONE, coach_id=COACH)


def agreed(due: date, owner: ActionOwner = ActionOwner.PARTICIPANT, action: UUID = THING) -> ActionAgreed:
    what = sealed(ActionAgreed, "what")
    return ActionAgreed(occurred_at=NOON, action_id=action, owner=owner, what=what, due=due)


def booked(at: datetime, appointment: UUID = THING) -> AppointmentBooked:
    return AppointmentBooked(
        occurred_at=NOON,
        case_id=appointment,
        coach_id=COACH,
        kind=AppointmentKind.REVIEW,
        starts_at=at,
        minutes=30,
        channel=MeetingChannel.PHONE,
        **WHO,
    )


def message(at: datetime, by: ActionOwner = ActionOwner.PARTICIPANT, id_: UUID = THING) -> MessageSent:
    text = sealed(MessageSent, "text")
    return MessageSent(occurred_at=at, message_id=id_, case_id=id_, by=by, author_id=ADA, text=text, **WHO)


def job(starts_on: date) -> JobRecorded:
    return JobRecorded(occurred_at=NOON, case_id=THING, starts_on=starts_on, check_ins=(), check_in_weeks=(), **WHO)


def invited(journey: Journey, at: datetime, application: UUID = THING) -> Journey:
    """Tell that the person applied and is invited to an interview."""
    interview = InterviewInvited(occurred_at=NOON, interview_id=OTHER, round=1, starts_at=at)
    return journey.tell(ApplicationSaved(occurred_at=NOON, **WHO), interview, of=application)


def promised(warn_on: date, due: date) -> StandardPromised:
    places = {**WHO, "programme_id": PROGRAMME, "referral_id": THING}
    return StandardPromised(occurred_at=NOON, standard=Standard.PLAN, warn_on=warn_on, due=due, **places)


def sentences(found: Sequence[Reason]) -> list[str]:
    return [reason.sentence for reason in found]


def test_1_a_safety_concern_stays_until_it_is_handled_whatever_contact_there_is() -> None:
    raised = SafetyConcernRaised(
        occurred_at=NOON, concern_id=THING, owner_id=COACH, what=sealed(SafetyConcernRaised, "what")
    )
    journey = started(NOON).tell(raised, contact(later(days=1)))
    (reason,) = reasons(journey, later(days=2))
    assert (reason.rule, reason.deed, reason.fact) == (1, Deed.HANDLE_CONCERN, f"{journey.case}:3")
    assert reason.sentence == "A safety concern was raised 2 days ago and is not handled yet."
    how = sealed(SafetyConcernHandled, "how")
    journey.tell(SafetyConcernHandled(occurred_at=later(days=2), concern_id=THING, how=how))
    assert reasons(journey, later(days=2)) == []
    mistaken = SafetyConcernHandlingTakenBack(occurred_at=later(days=3), concern_id=THING, owner_id=COACH, taken_back=5)
    assert reasons(journey.tell(mistaken), later(days=2)) == [reason]


def test_1_who_was_opened_another_case_by_mistake_stands_as_in_the_earlier_one() -> None:
    raised, other = (
        SafetyConcernRaised(
            occurred_at=NOON, concern_id=concern, owner_id=COACH, what=sealed(SafetyConcernRaised, "what")
        )
        for concern in (THING, OTHER)
    )
    journey = started(NOON).tell(raised, other)
    second = CaseOpened(occurred_at=NOON, programme_id=PROGRAMME, referral_id=THIRD, **WHO)
    journey.tell(second, of=THIRD).tell(contact())
    assert (reasons(journey, only=1), journey.stands().case.case_id) == ([], THIRD)
    how = sealed(SafetyConcernHandled, "how")
    journey.tell(SafetyConcernHandled(occurred_at=NOON, concern_id=OTHER, how=how))
    journey.tell(CaseEnteredInError(occurred_at=NOON), of=THIRD)
    assert [reason.about for reason in reasons(journey, only=1)] == [THING]
    case, dossier = journey.stands().case, dossier_of(journey.told)
    assert (case.case_id, case.version, case.start_date, case.ended) == (journey.case, 6, NOON.date(), None)
    assert (list(dossier.concerns), list(dossier.handled)) == ([THING], [OTHER])


def test_2_an_interview_within_two_days_needs_preparing() -> None:
    journey = invited(started(NOON), later(days=3))
    assert reasons(journey) == []
    (reason,) = reasons(journey, later(days=1))
    assert (reason.rule, reason.deed, reason.deadline) == (2, Deed.PREPARE_INTERVIEW, date(2026, 3, 5))
    assert reason.sentence == "The interview on Thursday is not prepared; it was noted yesterday."
    journey.tell(InterviewPrepared(occurred_at=later(days=1), interview_id=OTHER), of=THING)
    assert reasons(journey, later(days=1)) == []


def test_2_the_interview_of_a_closed_application_needs_nothing() -> None:
    journey = invited(started(NOON), later(days=1))
    journey.tell(ApplicationRejected(occurred_at=NOON, reason=ApplicationEnd.NOT_CHOSEN), of=THING)
    assert reasons(journey) == []


def test_2_a_first_day_near_needs_a_word() -> None:
    journey = started(NOON).tell(job(date(2026, 3, 4)), of=THING)
    assert sentences(reasons(journey)) == ["A job begins on Wednesday; nobody was in contact since it was noted today."]
    assert reasons(journey.tell(contact(later(hours=1))), later(hours=2)) == []


def test_2_an_offer_has_to_be_answered_in_time() -> None:
    journey = started(NOON).tell(ApplicationSaved(occurred_at=NOON, **WHO), of=THING)
    journey.tell(OfferMade(occurred_at=NOON, answer_by=date(2026, 3, 3)), of=THING)
    assert sentences(reasons(journey)) == ["An offer has to be answered by tomorrow; it came today."]
    assert reasons(journey.tell(OfferAccepted(occurred_at=NOON), of=THING)) == []


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        (
            CheckInRecorded(occurred_at=NOON, week=4, mood=CheckInMood.DIFFICULT),
            "Work is difficult: the check-in of week 4 said so today.",
        ),
        (
            CheckInMissed(occurred_at=NOON, week=4, due=NOON.date()),
            "The check-in of week 4 got no answer; that was noted today.",
        ),
        (
            JobEnded(occurred_at=NOON, last_day=NOON.date(), reason=JobEndReason.RESIGNED),
            "A job ended; that was noted today, and nobody was in contact since.",
        ),
    ],
)
def test_3_bad_news_of_work_stays_until_somebody_is_in_contact(fact: Fact, sentence: str) -> None:
    journey = started(NOON).tell(job(date(2026, 2, 2)), fact, of=THING)
    (reason,) = reasons(journey, only=3)
    assert (reason.rule, reason.sentence) == (3, sentence)
    assert reasons(journey.tell(contact(later(hours=1))), later(hours=2)) == []


def test_3_a_job_that_did_not_end_after_all_is_no_reason_and_lasts() -> None:
    ended = JobEnded(occurred_at=NOON, last_day=NOON.date(), reason=JobEndReason.RESIGNED)
    journey = started(NOON).tell(job(date(2026, 2, 2)), ended, of=THING)
    assert [reason.rule for reason in reasons(journey, only=3)] == [3]
    journey.tell(JobOutcomeCorrected(occurred_at=NOON), of=THING)
    assert reasons(journey) == []
    assert THING in journey.stands().work.jobs


def test_3_a_check_in_that_was_wrong_is_no_reason_and_may_be_asked_again() -> None:
    asked = CheckInFellDue(occurred_at=NOON, week=4, due=NOON.date())
    hard = CheckInRecorded(occurred_at=NOON, week=4, mood=CheckInMood.DIFFICULT)
    journey = started(NOON).tell(job(date(2026, 2, 2)), asked, of=THING)
    before = journey.stands().work
    assert [reason.rule for reason in reasons(journey.tell(hard, of=THING), only=3)] == [3]
    journey.tell(CheckInTakenBack(occurred_at=NOON, week=4, taken_back=3), of=THING)
    assert reasons(journey, only=3) == []
    assert journey.stands().work.jobs == before.jobs


def test_3_good_news_of_work_is_no_reason() -> None:
    good = CheckInRecorded(occurred_at=NOON, week=4, mood=CheckInMood.GOOD)
    assert reasons(started(NOON).tell(job(date(2026, 2, 2)), good, of=THING)) == []


def test_4_messages_wait_for_a_reply() -> None:
    journey = started(NOON).tell(message(NOON), of=THING).tell(message(later(days=1), id_=OTHER), of=OTHER)
    (reason,) = reasons(journey, later(days=2))
    assert (reason.rule, reason.fact) == (4, f"{THING}:1")
    assert reason.sentence == "2 messages without a reply, the first written 2 days ago."
    journey.tell(message(later(days=2), ActionOwner.COACH, THIRD), of=THIRD)
    assert reasons(journey, later(days=2)) == []
    journey.tell(MessageWithdrawn(occurred_at=later(days=2), message_id=THIRD), of=THIRD)
    assert len(reasons(journey, later(days=2))) == 1


def test_4_help_that_was_asked_for_stays_until_somebody_is_in_contact() -> None:
    step = NextStepSetAside(occurred_at=NOON, step="10.cv", reason=SetAsideReason.NEED_HELP, until=date(2026, 3, 5))
    journey = started(NOON).tell(step)
    assert sentences(reasons(journey)) == ["Help was asked for today: write their CV."]
    assert reasons(journey.tell(contact(later(hours=1))), later(hours=2)) == []


def test_4_help_with_an_action_is_asked_for_in_its_words() -> None:
    step = NextStepSetAside(
        occurred_at=NOON, step=f"7.{THING}", reason=SetAsideReason.NEED_HELP, until=date(2026, 3, 5)
    )
    (reason,) = reasons(started(NOON).tell(agreed(date(2026, 3, 20), ActionOwner.PARTICIPANT), step), only=4)
    assert reason.sentence == "Help was asked for today: do a step that was agreed."
    assert reason.words == sealed(ActionAgreed, "what")


def test_4_a_promise_of_the_coach_falls_due() -> None:
    journey = started(NOON).tell(agreed(date(2026, 3, 3), ActionOwner.COACH))
    assert reasons(journey) == []
    (reason,) = reasons(journey, later(days=2))
    assert reason.words == sealed(ActionAgreed, "what")
    assert sentences([reason]) == ["What you promised was due yesterday; it was agreed 2 days ago."]
    assert reasons(journey.tell(ActionDone(occurred_at=later(days=2), action_id=THING)), later(days=2)) == []


def test_5_the_second_missed_appointment_in_a_row_comes_first_and_contact_clears_it() -> None:
    journey = started(NOON).tell(booked(later(hours=1)), of=THING)
    journey.tell(AppointmentMissed(occurred_at=later(hours=2), acceptable=False), of=THING)
    (reason,) = reasons(journey, later(hours=3))
    assert (reason.rule, reason.first) == (5, False)
    journey.tell(booked(later(days=1), OTHER), of=OTHER)
    journey.tell(AppointmentMissed(occurred_at=later(days=1, hours=1), acceptable=True), of=OTHER)
    (reason,) = reasons(journey, later(days=2))
    assert (reason.first, reason.sentence) == (
        True,
        "2 appointments in a row were missed, the last yesterday; nobody was in contact since.",
    )
    assert reasons(journey.tell(contact(later(days=2))), later(days=2)) == []


def test_5_a_missed_appointment_that_was_none_is_no_reason() -> None:
    journey = started(NOON).tell(booked(later(hours=1)), of=THING)
    missed = AppointmentMissed(occurred_at=later(hours=2), acceptable=False)
    journey.tell(missed, AppointmentOutcomeCorrected(occurred_at=later(hours=3)), of=THING)
    assert [reason.rule for reason in reasons(journey, later(hours=3))] == [7]
    journey.tell(AppointmentAttended(occurred_at=later(hours=3), late=True), of=THING)
    assert reasons(journey, later(hours=4)) == []


def test_5_who_goes_through_the_plan_after_a_missed_appointment_is_in_contact() -> None:
    plan = PlanDrafted(occurred_at=NOON, plan_id=OTHER, goal=sealed(PlanDrafted, "goal"))
    journey = started(NOON).tell(plan, PlanAgreed(occurred_at=NOON, plan_id=OTHER, review_by=date(2026, 3, 30)))
    journey.tell(booked(later(hours=1)), of=THING)
    journey.tell(AppointmentMissed(occurred_at=later(hours=2), acceptable=False), of=THING)
    assert reasons(journey, later(hours=3), only=5)
    reviewed = PlanReviewed(occurred_at=later(hours=3), plan_id=OTHER, review_by=date(2026, 3, 30))
    assert not reasons(journey.tell(reviewed), later(hours=3), only=5)


def test_5_a_missed_first_meeting_counts() -> None:
    journey = opened(NOON)
    journey.tell(InitialMeetingMissed(occurred_at=NOON, meets_at=NOON), of=journey.referral)
    assert [reason.rule for reason in reasons(journey)] == [5]
    journey.tell(InitialMeetingHeld(occurred_at=later(hours=1), meets_at=NOON), of=journey.referral)
    assert reasons(journey, later(hours=2)) == []


def test_6_a_service_standard_warns_and_leaves_only_when_it_is_met() -> None:
    journey = started(NOON).tell(promised(date(2026, 3, 3), date(2026, 3, 5)), of=OTHER)
    assert reasons(journey) == []
    warned = StandardWarned(occurred_at=later(days=1), standard=Standard.PLAN, due=date(2026, 3, 5))
    (reason,) = reasons(journey.tell(warned, of=OTHER), later(days=1))
    assert (reason.rule, reason.fact, reason.sentence) == (
        6,
        f"{OTHER}:2",
        "The time to agree the plan ends on Thursday; it was promised yesterday.",
    )
    breached = StandardBreached(occurred_at=later(days=4), standard=Standard.PLAN, due=date(2026, 3, 5))
    journey.tell(breached, of=OTHER).tell(contact(later(days=5)))
    (reason,) = reasons(journey, later(days=6))
    assert reason.sentence == "The time to agree the plan ended 3 days ago; it was promised 6 days ago."
    met = StandardMet(occurred_at=later(days=6), standard=Standard.PLAN, on=date(2026, 3, 8), in_time=False)
    assert reasons(journey.tell(met, of=OTHER), later(days=6)) == []


def test_6_what_was_excused_by_mistake_stands_in_the_queue_as_before() -> None:
    journey = started(NOON).tell(promised(date(2026, 3, 3), date(2026, 3, 5)), of=OTHER)
    journey.tell(StandardWarned(occurred_at=later(days=1), standard=Standard.PLAN, due=date(2026, 3, 5)), of=OTHER)
    before = reasons(journey, later(days=1))
    excused = StandardExcused(occurred_at=later(days=1), standard=Standard.PLAN)
    assert reasons(journey.tell(excused, of=OTHER), later(days=1)) == []
    back = StandardExcuseTakenBack(occurred_at=later(days=1), standard=Standard.PLAN, taken_back=3)
    assert reasons(journey.tell(back, of=OTHER), later(days=1)) == before


def planned(journey: Journey, review_by: date) -> Journey:
    goal = sealed(PlanDrafted, "goal")
    drafted = PlanDrafted(occurred_at=NOON, plan_id=THING, goal=goal)
    return journey.tell(drafted, PlanAgreed(occurred_at=NOON, plan_id=THING, review_by=review_by))


def test_6_a_plan_waits_for_both_to_look_at_it_again_whatever_contact_there_is() -> None:
    journey = planned(started(NOON), date(2026, 3, 30)).tell(contact(later(days=27)))
    assert reasons(journey, later(days=27), only=6) == []
    (reason,) = reasons(journey, later(days=28), only=6)
    assert (reason.fact, reason.deed, reason.sentence) == (
        f"{journey.case}:4",
        Deed.REVIEW_PLAN,
        "The plan is to be looked at again today; it was agreed 28 days ago.",
    )
    journey.tell(contact(later(days=30)))
    assert sentences(reasons(journey, later(days=30), only=6)) == [
        "The plan was to be looked at again by 30 March; it was agreed 30 days ago."
    ]
    first, second = date(2026, 4, 29), date(2026, 5, 20)
    journey.tell(PlanReviewed(occurred_at=later(days=30), plan_id=THING, review_by=first))
    assert reasons(journey, later(days=30), only=6) == []
    journey.tell(PlanReviewed(occurred_at=later(days=51), plan_id=THING, review_by=second))
    back = PlanReviewTakenBack(occurred_at=later(days=58), plan_id=THING, review_by=first, taken_back=8)
    assert sentences(reasons(journey.tell(back), later(days=60), only=6)) == [
        "The plan was to be looked at again by 29 April; it was last looked at 30 days ago."
    ]


def test_6_nobody_looks_at_the_plan_again_while_the_case_rests_or_once_another_is_written() -> None:
    journey = planned(started(NOON), date(2026, 3, 30))
    pause = CasePaused(occurred_at=NOON, reason=PauseReason.HEALTH, until=date(2026, 4, 1))
    assert reasons(planned(started(NOON), date(2026, 3, 30)).tell(pause), later(days=29), only=6) == []
    goal = sealed(PlanDrafted, "goal")
    journey.tell(PlanDrafted(occurred_at=later(days=20), plan_id=OTHER, goal=goal))
    assert reasons(journey, later(days=29), only=6) == []


def test_7_an_appointment_that_is_over_needs_an_outcome() -> None:
    journey = started(NOON).tell(booked(later(minutes=10)), of=THING)
    assert reasons(journey, later(minutes=39)) == []
    assert sentences(reasons(journey, later(minutes=40))) == ["An appointment today has no outcome."]
    cancelled = AppointmentCancelled(occurred_at=later(hours=1), by=CancelledBy.SERVICE)
    assert reasons(journey.tell(cancelled, of=THING), later(hours=1)) == []


def test_7_a_first_meeting_that_is_over_needs_an_outcome() -> None:
    journey = opened(NOON)
    meeting = InitialMeetingBooked(occurred_at=NOON, meets_at=later(hours=1), channel=MeetingChannel.PHONE)
    journey.tell(meeting, of=journey.referral)
    assert [reason.rule for reason in reasons(journey, later(hours=2))] == [7]


def test_8_ten_days_without_an_agreed_action() -> None:
    journey = started(NOON)
    assert reasons(journey, later(days=9)) == []
    (reason,) = reasons(journey, later(days=10))
    assert (reason.rule, reason.deed, reason.sentence) == (
        8,
        Deed.AGREE_ACTION,
        "No action was agreed since the start 10 days ago.",
    )
    assert reasons(journey.tell(contact(later(days=10))), later(days=10)) == []


def applied(journey: Journey, number: int) -> Journey:
    for count in range(number):
        application = UUID(int=1000 + count)
        at = later(hours=count)
        journey.tell(ApplicationSaved(occurred_at=at, **WHO), ApplicationSent(occurred_at=at), of=application)
    return journey


def test_8_ten_applications_without_an_interview() -> None:
    journey = applied(started(NOON).tell(agreed(date(2026, 3, 30))), 9)
    assert reasons(journey, later(days=1)) == []
    (reason,) = reasons(applied(journey, 1), later(days=1))
    assert reason.sentence == ("10 applications in 28 days and no interview, the last sent yesterday: CV or targets?")
    assert reasons(invited(journey, later(days=20), UUID(int=1000)), later(days=1)) == []


def test_8_three_interviews_without_an_offer() -> None:
    journey = started(NOON).tell(agreed(date(2026, 3, 30)))
    for number in range(3):
        application = UUID(int=1000 + number)
        journey.tell(InterviewHeld(occurred_at=later(hours=number), interview_id=application), of=application)
    (reason,) = reasons(journey, later(days=1))
    assert reason.sentence == "3 interviews and no offer, the last held yesterday: practise interviews?"
    journey.tell(OfferMade(occurred_at=later(hours=4)), of=UUID(int=1000))
    assert reasons(journey, later(days=1)) == []


def test_8_an_action_a_week_overdue() -> None:
    journey = started(NOON).tell(agreed(date(2026, 3, 4)), contact(later(days=3)))
    assert reasons(journey, later(days=8)) == []
    assert sentences(reasons(journey, later(days=9))) == ["An action was due 7 days ago; it was agreed 9 days ago."]
    assert reasons(journey.tell(contact(later(days=9))), later(days=9)) == []


def test_8_an_action_long_overdue_is_named_also_once_that_was_told() -> None:
    late = ActionFellDue(occurred_at=later(days=3), action_id=THING, due=date(2026, 3, 4))
    journey = started(NOON).tell(agreed(date(2026, 3, 4)), late)
    (reason,) = reasons(journey, later(days=9), only=8)
    assert (reason.fact, reason.words) == (journey.told[-1].id, sealed(ActionAgreed, "what"))


def only_suggested_after_all(wrong: Told) -> ActionStepTakenBack:
    """Return that an agreement was none: the coach had suggested the action."""
    return ActionStepTakenBack(
        occurred_at=NOON,
        action_id=THING,
        stage=ActionStage.SUGGESTED,
        begun=False,
        owner=ActionOwner.PARTICIPANT,
        due=date(2026, 3, 30),
        suggested_by=ActionOwner.COACH,
        taken_back=wrong.version,
    )


def test_8_what_was_done_by_mistake_is_no_sign_of_life() -> None:
    due = date(2026, 3, 30)
    journey = started(NOON).tell(agreed(due))
    before = journey.stands().last_active
    done = journey.tell(ActionDone(occurred_at=later(days=10), action_id=THING)).told[-1]
    active = journey.stands().last_active
    assert active
    assert active.fact == done.id
    as_it_was = {"stage": ActionStage.AGREED, "begun": False, "owner": ActionOwner.PARTICIPANT, "due": due}
    back = ActionStepTakenBack(occurred_at=later(days=10), action_id=THING, taken_back=done.version, **as_it_was)
    assert journey.tell(back).stands().last_active == before


def test_8_a_promise_that_was_done_by_mistake_still_says_what_was_promised() -> None:
    due = date(2026, 3, 4)
    journey = started(NOON).tell(agreed(due), contact(later(days=3)))
    (before,) = reasons(journey, later(days=9))
    done = journey.tell(ActionDone(occurred_at=later(days=9), action_id=THING)).told[-1]
    as_it_was = {"stage": ActionStage.AGREED, "begun": False, "owner": ActionOwner.PARTICIPANT, "due": due}
    journey.tell(ActionStepTakenBack(occurred_at=later(days=9), action_id=THING, taken_back=done.version, **as_it_was))
    (after,) = reasons(journey, later(days=9))
    assert (after.sentence, after.words) == (before.sentence, sealed(ActionAgreed, "what"))


def test_8_an_agreement_that_was_none_is_none() -> None:
    suggestion = ActionSuggested(
        occurred_at=NOON,
        action_id=THING,
        by=ActionOwner.COACH,
        owner=ActionOwner.PARTICIPANT,
        what=sealed(ActionSuggested, "what"),
        due=date(2026, 3, 30),
    )
    journey = started(NOON).tell(suggestion, agreed(date(2026, 3, 30)))
    assert journey.stands().plan.first_agreed
    assert journey.tell(only_suggested_after_all(journey.told[-1])).stands().plan.first_agreed is None


def test_8_an_agreement_that_is_taken_back_leaves_the_one_of_an_action_that_is_done() -> None:
    other = UUID(int=THING.int + 1)
    journey = started(NOON).tell(agreed(date(2026, 3, 30)), agreed(date(2026, 3, 30), action=other))
    first, second = journey.told[-2:]
    back = only_suggested_after_all(first)
    journey.tell(ActionDone(occurred_at=NOON, action_id=other), back)
    agreement = journey.stands().plan.first_agreed
    assert agreement
    assert agreement.fact == second.id


def test_8_nothing_from_the_person_for_fourteen_days() -> None:
    journey = started(NOON).tell(agreed(date(2026, 3, 30)), contact())
    found = reasons(journey, later(days=14))
    assert [reason.rule for reason in found] == [8, 9]
    assert found[0].sentence == "The last news of the person was 14 days ago."


def test_9_the_contact_interval_falls_due() -> None:
    journey = opened(NOON)
    assert reasons(journey, later(days=13)) == []
    assert sentences(reasons(journey, later(days=14))) == [
        "Nobody was in contact since the case was opened 14 days ago."
    ]
    journey.tell(contact(later(days=14)))
    assert sentences(reasons(journey, later(days=28))) == [
        "The last contact was 14 days ago, and nobody met in person yet."
    ]


def in_person(days: int) -> ContactRecorded:
    return ContactRecorded(occurred_at=later(days=days), channel=Channel.IN_PERSON, coach_id=COACH)


def test_9_says_also_how_long_nobody_met_in_person_and_any_contact_clears_it() -> None:
    journey = opened(NOON).tell(in_person(2), contact(later(days=14)))
    assert sentences(reasons(journey, later(days=29))) == ["The last contact was 15 days ago."]
    assert sentences(reasons(journey, later(days=30))) == [
        "The last contact was 16 days ago, the last meeting in person 28 days ago."
    ]
    assert reasons(journey.tell(contact(later(days=30))), later(days=30)) == []
    journey.tell(in_person(31))
    assert sentences(reasons(journey, later(days=59))) == ["The last contact was 28 days ago, in person."]


def test_a_meeting_in_person_is_remembered_however_often_the_two_spoke_since() -> None:
    journey = opened(NOON)
    meeting = InitialMeetingBooked(occurred_at=NOON, meets_at=later(hours=1), channel=MeetingChannel.IN_PERSON)
    journey.tell(meeting, InitialMeetingHeld(occurred_at=later(hours=1), meets_at=NOON), of=journey.referral)
    met = journey.stands().last_in_person
    assert met
    assert met.at == later(hours=1)
    journey.tell(in_person(1), *(contact(later(days=day)) for day in range(2, 20)))
    met = journey.stands().last_in_person
    assert met
    assert met.at == later(days=1)


def test_nothing_of_8_and_9_is_asked_while_the_case_rests() -> None:
    pause = CasePaused(occurred_at=NOON, reason=PauseReason.HEALTH, until=date(2026, 4, 1))
    journey = started(NOON).tell(pause)
    assert reasons(journey, later(days=29)) == []
    assert [reason.rule for reason in reasons(journey, later(days=31))] == [8, 8, 9]


def test_a_case_that_goes_on_after_it_was_closed_rests_no_longer() -> None:
    pause, left = CasePaused(occurred_at=NOON, reason=PauseReason.HEALTH), ExitReason.HEALTH
    journey = started(NOON).tell(
        pause, CaseExitedEarly(occurred_at=NOON, reason=left), CaseReactivated(occurred_at=NOON)
    )
    assert not journey.stands().case.rests(NOON.date())
    assert [reason.rule for reason in reasons(journey, later(days=14))] == [8, 8, 9]


def test_a_person_whose_first_day_is_still_to_come_is_not_stuck() -> None:
    first_day = CaseStarted(occurred_at=NOON, start_date=date(2026, 4, 1))
    journey = opened(NOON).tell(first_day)
    assert [reason.rule for reason in reasons(journey, later(days=14))] == [9]


def test_a_handover_is_a_contact_of_coach_and_person() -> None:
    journey = opened(NOON)
    journey.tell(ReferralHandoverHeld(occurred_at=later(days=3)), of=journey.referral)
    assert reasons(journey, later(days=14)) == []
    assert sentences(reasons(journey, later(days=17))) == ["The last contact was 14 days ago."]


def test_a_contact_that_was_taken_back_counts_no_longer_and_the_one_before_it_does() -> None:
    def recorded(days: int, id_: UUID) -> ContactRecorded:
        return ContactRecorded(occurred_at=later(days=days), channel=Channel.PHONE, coach_id=COACH, contact_id=id_)

    journey = opened(NOON).tell(recorded(2, THING), recorded(9, OTHER))
    assert reasons(journey, later(days=16)) == []
    journey.tell(ContactRecordedInError(occurred_at=later(days=9), contact_id=OTHER))
    assert sentences(reasons(journey, later(days=16))) == ["The last contact was 14 days ago."]
    journey.tell(ContactRecordedInError(occurred_at=later(days=9), contact_id=THING))
    (reason,) = reasons(journey, later(days=16))
    assert reason.sentence == "Nobody was in contact since the case was opened 16 days ago."


def test_of_many_contacts_the_old_ones_count_and_the_latest_can_still_be_taken_back() -> None:
    ids = [UUID(int=number) for number in range(100, 120)]
    journey = opened(NOON)
    for day, id_ in enumerate(ids):
        fact = ContactRecorded(occurred_at=later(days=day), channel=Channel.PHONE, coach_id=COACH, contact_id=id_)
        journey.tell(fact)
    for id_ in reversed(ids[15:]):
        journey.tell(ContactRecordedInError(occurred_at=later(days=19), contact_id=id_))
    contact = journey.stands().last_contact
    assert contact
    assert contact.at == later(days=14)


def test_a_step_that_is_taken_up_again_asks_for_no_help() -> None:
    aside = {"step": "10.work", "reason": SetAsideReason.NEED_HELP, "until": date(2026, 3, 5)}
    journey = started(NOON).tell(NextStepSetAside(occurred_at=NOON, **aside))
    assert reasons(journey, only=4)
    journey.tell(NextStepTakenUp(occurred_at=NOON, step="10.work"))
    assert not reasons(journey, only=4)


def test_who_left_has_no_date_to_come() -> None:
    journey = started(NOON).tell(booked(later(days=2)), of=THING)
    fixed = next_fixed(journey.stands(), Now(NOON, LONDON))
    assert fixed
    assert fixed.what == "Appointment"
    left = CaseExitedEarly(occurred_at=later(hours=1), reason=ExitReason.MOVED_AWAY)
    assert next_fixed(journey.tell(left).stands(), Now(later(hours=2), LONDON)) is None


def test_a_closed_case_is_in_nobodys_queue() -> None:
    journey = started(NOON).tell(message(NOON), of=THING).tell(CaseCompleted(occurred_at=later(hours=1)))
    assert reasons(journey, later(hours=2)) == []


def test_days_are_those_of_the_programmes_time_zone() -> None:
    midnight_in_london = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    journey = invited(started(NOON), datetime(2026, 7, 3, 9, tzinfo=UTC))
    assert reasons(journey, midnight_in_london, only=2)
    assert not reasons(journey, midnight_in_london - timedelta(hours=1), only=2)
