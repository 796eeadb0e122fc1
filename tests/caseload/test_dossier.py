"""A person's file out of their journey: what is settled stays in it, and a past day shows what there was then."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from caseload.dossier.folding import dossier_of
from caseload.dossier.funnel import Funnel, funnel_of, weeks_in_work
from caseload.moment import Now
from caseload.opened import sealed_in
from caseload.standing import ApplicationState
from caseload.views.caseload import CASELOAD
from caseload.views.journey import By, standing_after, told_of, until_end_of
from caseload.views.timeline import TimelineRow, fold_timeline
from events.caseload import (
    ActionAgreed,
    ActionBegun,
    ActionDone,
    ActionDueDateMoved,
    ActionOwner,
    ActionPutOnStandby,
    ActionResumed,
    ActionStage,
    ActionStepTakenBack,
    Channel,
    CheckInMissed,
    CheckInMood,
    CheckInRecorded,
    CheckInTakenBack,
    CoachAssigned,
    ContactRecorded,
    JobEnded,
    JobEndReason,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    PlanAgreed,
    PlanDrafted,
    PlanSigned,
    Track,
    TrackChosen,
)
from events.fact import Fact
from events.jobsearch import (
    ApplicationEnd,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationSaved,
    ApplicationSent,
    ApplicationUnanswered,
    CvWritten,
    EmployerApproached,
    EmployerTargeted,
    InterviewInvited,
    OfferMade,
)
from events.learning import CourseEnrolled, LessonCompleted, enrolment_of
from events.referrals import ReferralSubmitted
from tests.caseload.histories import journeys
from tests.caseload.telling import ADA, COACH, PROVIDER, Journey, folded, opened, sealed, started

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
THING, OTHER = UUID(int=71), UUID(int=72)
WHO = {"participant_id": ADA, "provider_id": PROVIDER}


def later(**timed: float) -> datetime:
    return NOON + timedelta(**timed)


def rows(journey: Journey) -> list[TimelineRow]:
    return [fold_timeline(None, told) for told in journey.told]


def job(starts_on: date) -> JobRecorded:
    return JobRecorded(occurred_at=NOON, case_id=OTHER, starts_on=starts_on, check_ins=(), check_in_weeks=(), **WHO)


def test_a_plan_holds_the_promises_of_both_those_kept_too() -> None:
    what = sealed(ActionAgreed, "what")
    journey = started(NOON).tell(
        PlanDrafted(occurred_at=NOON, plan_id=THING, goal=sealed(PlanDrafted, "goal")),
        *(PlanSigned(occurred_at=NOON, plan_id=THING, by=by) for by in ActionOwner),
        PlanAgreed(occurred_at=NOON, plan_id=THING, review_by=date(2026, 3, 30)),
        *(
            ActionAgreed(occurred_at=NOON, action_id=action, owner=owner, what=what, due=date(2026, 3, 6))
            for action, owner in ((THING, ActionOwner.PARTICIPANT), (OTHER, ActionOwner.COACH))
        ),
        ActionDone(occurred_at=later(days=1), action_id=THING),
        ActionDueDateMoved(occurred_at=later(days=1), action_id=OTHER, due=date(2026, 3, 9)),
    )
    dossier = dossier_of(journey.told)
    assert dossier.plan
    assert (set(dossier.plan.signed), dossier.plan.agreed_at, dossier.plan.review_by) == (
        set(ActionOwner),
        NOON,
        date(2026, 3, 30),
    )
    promises = [(one.owner, one.stage, one.due) for one in dossier.promises.values()]
    assert promises == [
        (ActionOwner.PARTICIPANT, "done", date(2026, 3, 6)),
        (ActionOwner.COACH, "agreed", date(2026, 3, 9)),
    ]


def test_an_action_that_rested_goes_on_from_where_it_stood_wherever_it_is_shown() -> None:
    agreed = ActionAgreed(
        occurred_at=NOON,
        action_id=THING,
        owner=ActionOwner.PARTICIPANT,
        what=sealed(ActionAgreed, "what"),
        due=date(2026, 3, 6),
    )
    for begun, stage in (((), "agreed"), ((ActionBegun(occurred_at=NOON, action_id=THING),), "in_progress")):
        rested = ActionPutOnStandby(occurred_at=NOON, action_id=THING)
        journey = started(NOON).tell(agreed, *begun, rested, ActionResumed(occurred_at=NOON, action_id=THING))
        in_case = folded(CASELOAD, journey.told)[1][THING].stage
        in_today, in_file = journey.stands().plan.actions[THING].stage, dossier_of(journey.told).promises[THING].stage
        assert {in_case, in_today, in_file} == {stage}


def test_an_action_whose_end_was_wrong_is_open_wherever_it_is_shown() -> None:
    what, day = sealed(ActionAgreed, "what"), date(2026, 3, 6)
    agreed = ActionAgreed(occurred_at=NOON, action_id=THING, owner=ActionOwner.PARTICIPANT, what=what, due=day)
    done = ActionDone(occurred_at=later(days=1), action_id=THING)
    back = ActionStepTakenBack(
        occurred_at=later(days=2),
        action_id=THING,
        stage=ActionStage.IN_PROGRESS,
        begun=True,
        owner=ActionOwner.PARTICIPANT,
        due=day,
        taken_back=4,
    )
    journey = started(NOON).tell(agreed, ActionBegun(occurred_at=NOON, action_id=THING), done)
    assert journey.stands().plan.actions == {}
    journey.tell(back)
    in_today = journey.stands().plan.actions[THING]
    in_case, in_file = folded(CASELOAD, journey.told)[1][THING].stage, dossier_of(journey.told).promises[THING].stage
    assert {in_case, in_today.stage, in_file} == {"in_progress"}
    assert in_today.at == NOON


def test_the_funnel_counts_what_became_of_what_was_sent() -> None:
    journey = started(NOON)
    saved, sent = ApplicationSaved(occurred_at=NOON, **WHO), ApplicationSent(occurred_at=NOON, cv_version=2)
    journey.tell(saved, of=UUID(int=1001))
    journey.tell(saved, sent, ApplicationUnanswered(occurred_at=later(days=60)), of=UUID(int=1002))
    invited = InterviewInvited(occurred_at=NOON, interview_id=OTHER, round=1)
    journey.tell(saved, sent, invited, OfferMade(occurred_at=NOON), of=UUID(int=1003))
    rejected = ApplicationRejected(occurred_at=NOON, reason=ApplicationEnd.NOT_CHOSEN)
    journey.tell(saved, sent, rejected, ApplicationReopened(occurred_at=NOON), of=UUID(int=1004))
    journey.tell(CvWritten(occurred_at=NOON, version=2, text=sealed(CvWritten, "text"), **WHO), of=OTHER)
    dossier = dossier_of(journey.told)
    assert funnel_of(dossier.applications.values()) == Funnel(sent=3, silent=2, interviews=1, offers=1)
    assert (dossier.cv_version, dossier.applications[UUID(int=1003)].cv_version) == (2, 2)
    assert (dossier.applications[UUID(int=1004)].outcome, dossier.applications[UUID(int=1004)].state) == (
        None,
        ApplicationState.SENT,
    )


def test_weeks_in_work_count_a_day_with_two_jobs_once() -> None:
    ended = JobEnded(occurred_at=NOON, last_day=date(2026, 1, 14), reason=JobEndReason.CONTRACT_ENDED)
    journey = started(NOON).tell(job(date(2026, 1, 1)), ended, of=THING).tell(job(date(2026, 1, 8)), of=OTHER)
    jobs = dossier_of(journey.told).jobs.values()
    assert weeks_in_work(jobs, date(2026, 1, 20)) == 2
    assert weeks_in_work(jobs, date(2026, 1, 21)) == 3
    assert weeks_in_work(jobs, date(2025, 12, 1)) == 0


@pytest.mark.parametrize(
    "over",
    [
        JobEnded(occurred_at=NOON, last_day=date(2026, 1, 1), reason=JobEndReason.CONTRACT_ENDED),
        JobNotStarted(occurred_at=NOON),
    ],
)
def test_a_job_that_is_not_over_after_all_counts_as_if_nobody_had_said_so(over: Fact) -> None:
    journey = started(NOON).tell(job(date(2026, 1, 1)), over, of=THING)
    assert weeks_in_work(dossier_of(journey.told).jobs.values(), date(2026, 1, 20)) == 0
    journey.tell(JobOutcomeCorrected(occurred_at=NOON), of=THING)
    (found,) = dossier_of(journey.told).jobs.values()
    assert (found.ended, found.last_day, weeks_in_work([found], date(2026, 1, 20))) == (None, None, 2)


def test_a_job_holds_its_check_ins() -> None:
    heard = CheckInRecorded(occurred_at=NOON, week=1, mood=CheckInMood.GOOD)
    missed = CheckInMissed(occurred_at=NOON, week=4, due=NOON.date())
    (found,) = dossier_of(started(NOON).tell(job(NOON.date()), heard, missed, of=THING).told).jobs.values()
    assert [(one.week, one.mood) for one in found.check_ins] == [(1, CheckInMood.GOOD), (4, None)]


def test_a_check_in_that_was_wrong_is_not_in_the_file_and_its_silence_is() -> None:
    facts = [
        CheckInMissed(occurred_at=NOON, week=1, due=NOON.date()),
        CheckInRecorded(occurred_at=NOON, week=1, mood=CheckInMood.GOOD),
        CheckInTakenBack(occurred_at=NOON, week=1, taken_back=3),
    ]
    (found,) = dossier_of(started(NOON).tell(job(NOON.date()), *facts, of=THING).told).jobs.values()
    assert [(one.week, one.mood) for one in found.check_ins] == [(1, None)]


def test_coaches_courses_employers_and_the_track_are_in_the_file() -> None:
    journey = opened(NOON).tell(
        CoachAssigned(occurred_at=NOON, coach_id=COACH),
        CoachAssigned(occurred_at=later(days=1), coach_id=OTHER),
        TrackChosen(occurred_at=NOON, track=Track.SUPPORTED, coach_id=COACH, reason=sealed(TrackChosen, "reason")),
    )
    course = enrolment_of(ADA, PROVIDER, "interviews")
    enrolled = CourseEnrolled(occurred_at=NOON, course="interviews", lessons=2, **WHO)
    journey.tell(enrolled, LessonCompleted(occurred_at=NOON, lesson="first"), of=course)
    targeted = EmployerTargeted(occurred_at=NOON, name=sealed(EmployerTargeted, "name"), **WHO)
    approached = EmployerApproached(occurred_at=later(days=2), by_coach=True, next_approach_on=date(2026, 4, 1))
    dossier = dossier_of(journey.tell(targeted, approached, of=THING).told)
    assert [one.coach_id for one in dossier.coaches] == [COACH, OTHER]
    assert dossier.track
    assert dossier.track.track is Track.SUPPORTED
    assert [(one.course, one.done) for one in dossier.courses.values()] == [("interviews", {"first"})]
    (employer,) = dossier.employers.values()
    assert (employer.last_approach, employer.next_approach_on) == (later(days=2), date(2026, 4, 1))
    assert sealed(ReferralSubmitted, "name") in set(sealed_in(dossier))


def stood(journey: Journey, day: date, by: By) -> int | None:
    """Return how many open actions a person had at the end of a day, None before there was a case."""
    now = Now(later(days=300), LONDON)
    standing = standing_after([told_of(row) for row in until_end_of(day, rows(journey), by, now)])
    return len(standing.plan.actions) if standing else None


def test_a_past_day_shows_what_had_happened_or_what_was_known() -> None:
    what, owner = sealed(ActionAgreed, "what"), ActionOwner.PARTICIPANT
    agreed = ActionAgreed(occurred_at=later(days=2), action_id=THING, owner=owner, what=what, due=date(2026, 3, 20))
    journey = opened(NOON).tell(agreed)
    late_entry = fold_timeline(None, journey.told[-1])
    journey.told[-1] = told_of(replace(late_entry, recorded_at=later(days=5)))
    assert stood(journey, date(2026, 3, 1), By.OCCURRED_AT) is None
    assert [stood(journey, date(2026, 3, day), By.OCCURRED_AT) for day in (3, 4, 6, 7)] == [0, 1, 1, 1]
    assert [stood(journey, date(2026, 3, day), By.RECORDED_AT) for day in (3, 4, 6, 7)] == [0, 0, 0, 1]


def test_the_end_of_a_day_is_that_of_the_programmes_time_zone() -> None:
    half_past_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    contact = ContactRecorded(occurred_at=half_past_midnight, channel=Channel.PHONE, coach_id=COACH)
    journey = opened(NOON).tell(contact)
    now = Now(later(days=300), LONDON)
    assert len(until_end_of(date(2026, 6, 30), rows(journey), By.OCCURRED_AT, now)) == 2
    assert len(until_end_of(date(2026, 7, 1), rows(journey), By.OCCURRED_AT, now)) == 3


@settings(deadline=None, max_examples=40)
@given(journey=journeys())
def test_a_person_folded_from_the_timeline_stands_as_the_prepared_rows_say(journey: Journey) -> None:
    told = [told_of(row) for row in rows(journey)]
    assert standing_after(told) == journey.stands()
    assert dossier_of(told) == dossier_of(journey.told)


@settings(deadline=None, max_examples=30)
@given(journey=journeys())
def test_any_past_day_can_be_shown_whatever_came_late(journey: Journey) -> None:
    now = Now(later(days=300), LONDON)
    for days in (0, 10, 30, 60):
        for by in By:
            seen = until_end_of((NOON + timedelta(days=days)).date(), rows(journey), by, now)
            told = [told_of(row) for row in seen]
            dossier_of(told)
            assert standing_after(told)
