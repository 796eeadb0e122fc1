"""A person's one next step, rule by rule; setting it aside; a refusal; a rest; and work that is never invented."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import TypeAdapter

from caseload.moment import Now
from caseload.next_step.choice import is_set_aside, next_step
from caseload.next_step.step import Button, Step, StepRules
from caseload.today.reason import TodayRules
from events.caseload import (
    ActionAgreed,
    ActionDone,
    ActionOwner,
    ActionSuggested,
    AppointmentBooked,
    AppointmentKind,
    CaseCompleted,
    CasePaused,
    CheckInFellDue,
    CheckInMood,
    CheckInRecorded,
    JobRecorded,
    MessageRead,
    MessageSent,
    NextStepSetAside,
    NextStepTakenUp,
    PauseReason,
    PlanDrafted,
    PlanSigned,
    SetAsideReason,
)
from events.fact import Fact
from events.jobsearch import (
    ApplicationBegun,
    ApplicationChased,
    ApplicationEnd,
    ApplicationRejected,
    ApplicationSaved,
    ApplicationSent,
    CvWritten,
    InterviewInvited,
    InterviewPrepared,
    JobWishesTold,
    OfferDeclined,
    OfferMade,
)
from events.learning import CourseCompleted, CourseEnrolled, LessonCompleted, enrolment_of
from events.meeting import MeetingChannel
from events.published import Code
from events.referrals import InitialMeetingBooked, InitialMeetingHeld
from tests.caseload.histories import journeys, moments
from tests.caseload.telling import ADA, COACH, PROVIDER, Journey, sealed, started

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
THING, OTHER = UUID(int=71), UUID(int=72)
WHO = {"participant_id": ADA, "provider_id": PROVIDER}
PATIENTLY = settings(deadline=None, max_examples=50)


def later(**timed: float) -> datetime:
    return NOON + timedelta(**timed)


def step(journey: Journey, now: datetime = NOON, jobs: int = 0) -> Step:
    return next_step(journey.stands(), Now(now, LONDON), StepRules(), TodayRules(), jobs).step


def settled() -> Journey:
    """Return a person who has told everything: there is nothing to do."""
    journey = started(NOON)
    work, text = sealed(JobWishesTold, "work"), sealed(CvWritten, "text")
    wishes = JobWishesTold(occurred_at=NOON, work=work, town=2633352, hours_least=16, **WHO)
    return journey.tell(wishes, CvWritten(occurred_at=NOON, version=1, text=text, **WHO), of=OTHER)


def booked(at: datetime, channel: MeetingChannel = MeetingChannel.VIDEO) -> AppointmentBooked:
    kind = AppointmentKind.REVIEW
    return AppointmentBooked(
        occurred_at=NOON, case_id=OTHER, coach_id=COACH, kind=kind, starts_at=at, minutes=30, channel=channel, **WHO
    )


def applied(*facts: Fact, known_by: str = "link") -> Journey:
    """Return a settled person with an application, of which this one thing is known, and what became of it."""
    known = {known_by: OTHER if known_by == "vacancy_id" else sealed(ApplicationSaved, known_by)}
    return settled().tell(ApplicationSaved(occurred_at=NOON, **WHO | known), *facts, of=THING)


def job(starts_on: date) -> JobRecorded:
    return JobRecorded(occurred_at=NOON, case_id=OTHER, starts_on=starts_on, check_ins=(), check_in_weeks=(), **WHO)


def agreed(due: date) -> ActionAgreed:
    return ActionAgreed(
        occurred_at=NOON, action_id=THING, owner=ActionOwner.PARTICIPANT, what=sealed(ActionAgreed, "what"), due=due
    )


def written(by: ActionOwner, at: datetime = NOON) -> MessageSent:
    text = sealed(MessageSent, "text")
    return MessageSent(occurred_at=at, message_id=THING, case_id=OTHER, by=by, author_id=ADA, text=text, **WHO)


def test_1_a_meeting_within_a_day_is_told_with_when_and_how() -> None:
    journey = settled().tell(booked(later(hours=25)), of=THING)
    assert step(journey).rule != 1
    found = step(journey, later(hours=2))
    assert (found.code, found.button) == (f"1.{THING}", Button.JOIN)
    assert found.sentence == "Your meeting is tomorrow at 1 pm, by video."
    assert step(journey, later(hours=25, minutes=29)).rule == 1
    assert step(journey, later(hours=25, minutes=30)).rule != 1


def test_1_the_first_meeting_counts_until_it_is_held() -> None:
    journey = settled()
    meeting = InitialMeetingBooked(occurred_at=NOON, meets_at=later(hours=3), channel=MeetingChannel.PHONE)
    journey.tell(meeting, of=journey.referral)
    assert step(journey).sentence == "Your first meeting is today at 3 pm, by phone."
    journey.tell(InitialMeetingHeld(occurred_at=later(hours=3), meets_at=later(hours=3)), of=journey.referral)
    assert step(journey, later(hours=3)).rule != 1


def test_1_an_interview_without_a_time_is_told_by_its_day() -> None:
    journey = applied(InterviewInvited(occurred_at=NOON, interview_id=OTHER, round=1, day=date(2026, 3, 3)))
    assert step(journey).sentence == "Your interview is tomorrow; the time is not known yet."


def test_1_a_first_day_at_work() -> None:
    job = JobRecorded(
        occurred_at=NOON, case_id=OTHER, starts_on=date(2026, 3, 3), check_ins=(), check_in_weeks=(), **WHO
    )
    assert step(settled().tell(job, of=THING)).sentence == "Your first day at work is tomorrow."


def test_2_an_offer_is_answered() -> None:
    journey = applied(OfferMade(occurred_at=NOON, answer_by=date(2026, 3, 6)))
    found = step(journey)
    assert (found.code, found.sentence) == (f"2.{THING}", "Answer your job offer by Friday.")
    assert step(journey.tell(OfferDeclined(occurred_at=NOON), of=THING)).rule == 13


def test_2_an_offer_whose_day_has_passed_asks_for_a_while_what_became_of_it_and_not_who_works() -> None:
    journey = applied(OfferMade(occurred_at=NOON, answer_by=date(2026, 3, 6)))
    assert step(journey, later(days=4)).sentence == "Answer your job offer by today."
    found = step(journey, later(days=5))
    assert (found.rule, found.sentence) == (2, "Say what became of your job offer.")
    assert (found.why, found.button) == ("You were to answer by 6 March.", Button.ANSWER_OFFER)
    assert (step(journey, later(days=18)).rule, step(journey, later(days=19)).rule) == (2, 13)
    assert step(journey.tell(job(date(2026, 3, 4)), of=OTHER), later(days=5)).rule == 13


def test_3_the_coach_waits_for_an_answer() -> None:
    journey = settled().tell(written(ActionOwner.COACH), of=THING)
    assert (step(journey).rule, step(journey, later(days=30)).rule) == (3, 3)
    journey.tell(MessageRead(occurred_at=NOON, message_id=THING, by=ActionOwner.PARTICIPANT), of=THING)
    assert (step(journey, later(days=7)).rule, step(journey, later(days=8)).rule) == (3, 13)
    assert step(journey.tell(written(ActionOwner.PARTICIPANT, later(hours=1)), of=THING)).rule == 13


def test_4_an_interview_within_a_week_is_prepared() -> None:
    journey = applied(InterviewInvited(occurred_at=NOON, interview_id=OTHER, round=1, day=date(2026, 3, 10)))
    assert step(journey).rule == 13
    found = step(journey, later(days=1))
    assert (found.code, found.why.startswith("It is on 10 March.")) == (f"4.{OTHER}", True)
    prepared = InterviewPrepared(occurred_at=later(days=1), interview_id=OTHER)
    assert step(journey.tell(prepared, of=THING), later(days=1)).rule == 13


def test_5_a_check_in_falls_due() -> None:
    job = JobRecorded(
        occurred_at=NOON, case_id=OTHER, starts_on=date(2026, 2, 2), check_ins=(), check_in_weeks=(), **WHO
    )
    journey = settled().tell(job, CheckInFellDue(occurred_at=NOON, week=4, due=NOON.date()), of=THING)
    assert (step(journey).rule, step(journey).sentence) == (5, "Say how work is going.")
    answered = CheckInRecorded(occurred_at=NOON, week=4, mood=CheckInMood.GOOD)
    assert step(journey.tell(answered, of=THING)).rule == 13


def test_6_a_plan_waits_to_be_agreed() -> None:
    journey = settled().tell(PlanDrafted(occurred_at=NOON, plan_id=THING, goal=sealed(PlanDrafted, "goal")))
    assert step(journey).code == f"6.{THING}"
    signed = PlanSigned(occurred_at=NOON, plan_id=THING, by=ActionOwner.PARTICIPANT)
    assert step(journey.tell(signed)).rule == 13


def test_6_a_suggestion_of_the_coach_waits_too_and_ones_own_does_not() -> None:
    def suggested(by: ActionOwner) -> ActionSuggested:
        what, owner = sealed(ActionSuggested, "what"), ActionOwner.PARTICIPANT
        return ActionSuggested(occurred_at=NOON, action_id=THING, by=by, owner=owner, what=what, due=date(2026, 4, 1))

    assert step(settled().tell(suggested(ActionOwner.COACH))).button is Button.ANSWER_SUGGESTION
    assert step(settled().tell(suggested(ActionOwner.PARTICIPANT))).rule == 13


@pytest.mark.parametrize(
    ("days", "rule", "button"),
    [
        (3, 13, Button.NOTHING),
        (2, 7, Button.DO_ACTION),
        (0, 7, Button.DO_ACTION),
        (-14, 7, Button.DO_ACTION),
        (-15, 7, Button.CHANGE_OR_DROP),
    ],
)
def test_7_an_agreed_action_is_due_soon_or_late_and_an_old_one_is_changed_or_dropped(
    days: int, rule: int, button: Button
) -> None:
    journey = settled().tell(agreed(date(2026, 3, 20)))
    found = step(journey, later(days=18 - days))
    assert (found.rule, found.button) == (rule, button)
    assert step(journey.tell(ActionDone(occurred_at=NOON, action_id=THING)), later(days=18 - days)).rule == 13


def test_8_an_unfinished_application_whose_vacancy_closes() -> None:
    saved = ApplicationSaved(occurred_at=NOON, closes_on=date(2026, 3, 6), **WHO)
    journey = settled().tell(saved, ApplicationBegun(occurred_at=NOON), of=THING)
    assert step(journey).rule == 13
    assert step(journey, later(days=1)).code == f"8.{THING}"
    assert step(journey, later(days=5)).rule == 13
    assert step(journey.tell(ApplicationSent(occurred_at=NOON), of=THING), later(days=1)).rule == 13


def test_9_an_unanswered_application_is_chased_once_and_then_noted_as_silent() -> None:
    journey = applied(ApplicationSent(occurred_at=NOON))
    assert step(journey, later(days=13)).rule == 13
    assert step(journey, later(days=14)).button is Button.CHASE
    journey.tell(ApplicationChased(occurred_at=later(days=14)), of=THING)
    assert step(journey, later(days=27)).rule == 13
    assert step(journey, later(days=28)).button is Button.MARK_SILENT


@pytest.mark.parametrize(
    ("known_by", "button"),
    [("employer", Button.CHASE), ("title", Button.MARK_SILENT), ("vacancy_id", Button.MARK_SILENT)],
)
def test_9_whom_nobody_can_ask_is_noted_as_silent(known_by: str, button: Button) -> None:
    journey = applied(ApplicationSent(occurred_at=NOON), known_by=known_by)
    assert step(journey, later(days=14)).button is button


def test_10_the_one_thing_that_limits_the_search_most() -> None:
    journey = started(NOON)
    assert step(journey).code == "10.work"
    wishes = JobWishesTold(occurred_at=NOON, work=sealed(JobWishesTold, "work"), **WHO)
    assert step(journey.tell(wishes, of=OTHER)).code == "10.town"
    wishes = JobWishesTold(occurred_at=NOON, work=sealed(JobWishesTold, "work"), town=1, **WHO)
    assert step(journey.tell(wishes, of=OTHER)).code == "10.cv"
    journey.tell(CvWritten(occurred_at=NOON, version=1, text=sealed(CvWritten, "text"), **WHO), of=OTHER)
    assert step(journey).code == "10.hours"
    wishes = wishes.model_copy(update={"hours_most": 30.0})
    assert step(journey.tell(wishes, of=OTHER)).rule == 13


def test_11_a_course_nearly_done() -> None:
    course = enrolment_of(ADA, PROVIDER, "interviews")
    enrolled = CourseEnrolled(occurred_at=NOON, course="interviews", lessons=2, **WHO)
    journey = settled().tell(enrolled, of=course)
    assert step(journey).rule == 13
    journey.tell(LessonCompleted(occurred_at=NOON, lesson="first"), of=course)
    assert step(journey).code == "11.interviews"
    journey.tell(CourseCompleted(occurred_at=NOON, course="interviews"), of=course)
    assert step(journey).rule == 13


@pytest.mark.parametrize(
    ("jobs", "sentence"),
    [(1, "Look at 1 new job that may fit you."), (9, "Look at 3 new jobs that may fit you.")],
)
def test_12_new_jobs_that_fit(jobs: int, sentence: str) -> None:
    assert step(settled(), jobs=jobs).sentence == sentence


def test_13_work_is_never_invented() -> None:
    found = step(settled())
    assert (found.rule, found.sentence, found.button) == (13, "You're up to date until 12 March.", Button.NOTHING)


def aside(step_code: str, until: date, reason: SetAsideReason = SetAsideReason.LATER) -> NextStepSetAside:
    return NextStepSetAside(occurred_at=NOON, step=step_code, reason=reason, until=until)


def test_a_step_that_is_set_aside_lets_the_next_rule_speak_until_its_day() -> None:
    journey = started(NOON).tell(aside("10.work", date(2026, 3, 5)))
    assert step(journey).code == "10.town"
    assert step(journey, later(days=2)).code == "10.town"
    assert step(journey, later(days=3)).code == "10.work"


def test_a_step_stays_aside_for_its_days_however_many_others_are_set_aside() -> None:
    codes = ["10.work", "10.town", "10.cv", "10.hours", *(f"3.{UUID(int=number)}" for number in range(5))]
    journey = started(NOON).tell(*(aside(code, date(2026, 3, 5)) for code in codes))
    assert journey.stands().plan.set_aside.keys() == set(codes)
    found = next_step(journey.stands(), Now(NOON, LONDON), StepRules(), TodayRules())
    assert (found.step.rule, found.step.sentence) == (13, "You have put off all of these.")
    assert (found.step.why, found.step.due) == ("The first comes back on Thursday.", date(2026, 3, 5))
    assert [(one.step.code, one.until) for one in found.put_off] == [(code, date(2026, 3, 5)) for code in codes[:4]]
    assert step(journey, jobs=1).rule == 12
    assert step(journey.tell(NextStepTakenUp(occurred_at=NOON, step="10.cv"))).code == "10.cv"
    assert step(journey, later(days=3)).code == "10.work"


def test_help_that_was_asked_for_outlives_the_days_of_the_step() -> None:
    journey = started(NOON).tell(aside("10.work", date(2026, 3, 5), SetAsideReason.NEED_HELP))
    next_week = aside("10.cv", date(2026, 3, 12)).model_copy(update={"occurred_at": later(days=7)})
    assert journey.tell(next_week).stands().plan.set_aside.keys() == {"10.work", "10.cv"}


def test_the_one_step_that_there_is_and_is_set_aside_is_said_to_be() -> None:
    found = step(settled().tell(written(ActionOwner.COACH), of=THING).tell(aside(f"3.{THING}", date(2026, 3, 5))))
    assert (found.rule, found.sentence) == (13, "You have put off the one step that there is.")
    assert found.why == "It comes back on Thursday."


def test_a_refusal_is_acknowledged_for_48_hours() -> None:
    journey = applied(ApplicationRejected(occurred_at=NOON, reason=ApplicationEnd.NOT_CHOSEN))
    standing = journey.stands()
    within = next_step(standing, Now(later(hours=47), LONDON), StepRules(), TodayRules())
    after = next_step(standing, Now(later(hours=48), LONDON), StepRules(), TodayRules())
    assert within.refused
    assert (within.refused.at, after.refused) == (NOON, None)


def test_while_the_case_rests_only_the_first_three_rules_speak() -> None:
    pause = CasePaused(occurred_at=NOON, reason=PauseReason.HEALTH, until=date(2026, 3, 6))
    journey = started(NOON).tell(pause)
    assert step(journey, jobs=3).sentence == "You have a break until Friday."
    assert step(journey.tell(written(ActionOwner.COACH), of=THING)).rule == 3
    assert step(journey.tell(booked(later(hours=2)), of=OTHER)).rule == 1


def test_a_closed_case_asks_for_nothing() -> None:
    assert step(started(NOON).tell(CaseCompleted(occurred_at=NOON)), jobs=3).rule == 13


@PATIENTLY
@given(journey=journeys(), moment=moments(), jobs=some.integers(0, 5))
def test_there_is_always_one_step_that_can_be_named_and_is_not_set_aside(
    journey: Journey, moment: datetime, jobs: int
) -> None:
    now, standing = Now(moment, LONDON), journey.stands()
    chosen = next_step(standing, now, StepRules(), TodayRules(), jobs).step
    TypeAdapter(Code).validate_python(chosen.code)
    assert not is_set_aside(standing, chosen, now)
    assert chosen.fact is None or chosen.fact.fact in journey.ids
    assert chosen.sentence.endswith((".", "?"))
    if standing.case.rests(now.today):
        assert chosen.rule in {1, 2, 3, 13}
