"""Reading a person's facts into their file. What is about something unknown changes nothing: it was before the file."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from caseload.action import STEPS, stage_after
from caseload.dossier.entries import (
    NOT_STARTED,
    CheckedIn,
    ChosenTrack,
    Coaching,
    Concern,
    Details,
    Dossier,
    Employment,
    Handling,
    Learning,
    Needs,
    OfCase,
    Promise,
    PutOff,
    WrittenPlan,
)
from caseload.dossier.searching import SEARCH_FOLDS
from chassis.listen.told import Told
from events import caseload as c
from events import learning as e
from events.fact import Fact
from events.referrals import ReferralSubmitted

DETAILS: Final = ("name", "date_of_birth", "email", "phone", "address", "postcode", "preferred_name")


def dossier_of(told: Iterable[Told]) -> Dossier:
    """Return the file of a person by these facts, in the order in which they were learned."""
    dossier = Dossier()
    for one in told:
        fold = FOLDS.get(type(one.fact))
        if fold:
            fold(dossier, one.fact, one)
    return dossier


def _referred(dossier: Dossier, fact: ReferralSubmitted, _told: Told) -> None:
    dossier.details = Details(**{name: getattr(fact, name) for name in DETAILS})


def _opened(dossier: Dossier, _fact: c.CaseOpened, told: Told) -> None:
    """What worries about an earlier case, or was put off in it, is not asked of this one."""
    dossier.cases[told.aggregate_id] = OfCase()


def _in_error(dossier: Dossier, _fact: c.CaseEnteredInError, told: Told) -> None:
    if len(dossier.cases) > 1:
        dossier.cases.pop(told.aggregate_id, None)


def _coached(dossier: Dossier, fact: c.CoachAssigned, _told: Told) -> None:
    dossier.coaches.append(Coaching(fact.coach_id, fact.occurred_at))


def _tracked(dossier: Dossier, fact: c.TrackChosen, _told: Told) -> None:
    dossier.track = ChosenTrack(fact.track, fact.coach_id, fact.reason, fact.occurred_at)


def _assessed(dossier: Dossier, fact: c.NeedsAssessed, _told: Told) -> None:
    dossier.needs = Needs(fact.barriers, fact.summary, fact.occurred_at)


def _worried(dossier: Dossier, fact: c.SafetyConcernRaised, told: Told) -> None:
    if case := dossier.cases.get(told.aggregate_id):
        case.concerns[fact.concern_id] = Concern(fact.concern_id, fact.owner_id, fact.what, fact.occurred_at)


def _dealt_with(dossier: Dossier, fact: c.SafetyConcernHandled, told: Told) -> None:
    case = dossier.cases.get(told.aggregate_id)
    if case and (concern := case.concerns.pop(fact.concern_id, None)):
        case.handled[fact.concern_id] = Handling(concern, fact.how, fact.occurred_at, told.version)


def _handling_taken_back(dossier: Dossier, fact: c.SafetyConcernHandlingTakenBack, told: Told) -> None:
    case = dossier.cases.get(told.aggregate_id)
    if case and (handling := case.handled.pop(fact.concern_id, None)):
        case.concerns[fact.concern_id] = handling.concern


def _put_off(dossier: Dossier, fact: c.CaseSnoozed, told: Told) -> None:
    if case := dossier.cases.get(told.aggregate_id):
        case.put_off = PutOff(fact.rule, fact.until, fact.reason, fact.occurred_at)


def _taken_up(dossier: Dossier, _fact: c.CaseUnsnoozed, told: Told) -> None:
    if case := dossier.cases.get(told.aggregate_id):
        case.put_off = None


def _drafted(dossier: Dossier, fact: c.PlanDrafted, _told: Told) -> None:
    dossier.plan = WrittenPlan(fact.plan_id, fact.goal, fact.occurred_at)


def _signed(dossier: Dossier, fact: c.PlanSigned, _told: Told) -> None:
    if dossier.plan and fact.by not in dossier.plan.signed:
        dossier.plan.signed.append(fact.by)


def _plan_agreed(dossier: Dossier, fact: c.PlanAgreed, _told: Told) -> None:
    if dossier.plan:
        dossier.plan.agreed_at, dossier.plan.review_by = fact.occurred_at, fact.review_by


def _reviewed(dossier: Dossier, fact: c.PlanReviewed, _told: Told) -> None:
    if dossier.plan:
        dossier.plan.reviews.append(fact.occurred_at)
        dossier.plan.review_by = fact.review_by


def _review_taken_back(dossier: Dossier, fact: c.PlanReviewTakenBack, _told: Told) -> None:
    if dossier.plan and dossier.plan.reviews:
        dossier.plan.reviews.pop()
        dossier.plan.review_by = fact.review_by


def _promised(dossier: Dossier, fact: c.ActionAgreed | c.ActionSuggested, told: Told) -> None:
    suggestion = dossier.promises.get(fact.action_id)
    by = suggestion.suggested_by if suggestion else None
    dossier.promises[fact.action_id] = Promise(
        action_id=fact.action_id,
        owner=fact.owner,
        what=fact.what,
        place=fact.where,
        means=fact.how,
        due=fact.due,
        stage=stage_after(fact),
        at=fact.occurred_at,
        course=fact.course if isinstance(fact, c.ActionAgreed) else None,
        suggested_by=fact.by if isinstance(fact, c.ActionSuggested) else by,
        stepped=told.version if suggestion else 0,
    )


def _moved_on(dossier: Dossier, fact: Any, told: Told) -> None:
    if promise := dossier.promises.get(fact.action_id):
        promise.begun |= isinstance(fact, c.ActionBegun)
        promise.stage, promise.at = stage_after(fact, begun=promise.begun), fact.occurred_at
        promise.stepped = told.version


def _step_taken_back(dossier: Dossier, fact: c.ActionStepTakenBack, _told: Told) -> None:
    if promise := dossier.promises.get(fact.action_id):
        promise.stage, promise.begun, promise.due, promise.at = fact.stage, fact.begun, fact.due, fact.occurred_at
        promise.stepped = 0


def _due_moved(dossier: Dossier, fact: c.ActionDueDateMoved, _told: Told) -> None:
    if promise := dossier.promises.get(fact.action_id):
        promise.due = fact.due


def _employed(dossier: Dossier, fact: c.JobRecorded, told: Told) -> None:
    dossier.jobs[told.aggregate_id] = Employment(
        told.aggregate_id, fact.title, fact.employer, fact.starts_on, fact.hours_a_week, bool(fact.self_employed)
    )


def _dated(dossier: Dossier, fact: c.JobStartDateSet, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.starts_on = fact.starts_on


def _revised(dossier: Dossier, fact: c.JobTermsRevised, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.hours_a_week = job.hours_a_week if fact.hours_a_week is None else fact.hours_a_week
        job.self_employed = job.self_employed if fact.self_employed is None else fact.self_employed


def _never_began(dossier: Dossier, _fact: c.JobNotStarted, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.ended = NOT_STARTED


def _ended(dossier: Dossier, fact: c.JobEnded, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.last_day, job.ended = fact.last_day, fact.reason


def _reopened(dossier: Dossier, _fact: c.JobOutcomeCorrected, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.last_day = job.ended = None


def _checked_in(dossier: Dossier, fact: c.CheckInRecorded, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.check_ins.append(CheckedIn(fact.week, fact.occurred_at, fact.mood, fact.word))


def _check_in_taken_back(dossier: Dossier, fact: c.CheckInTakenBack, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.check_ins = [one for one in job.check_ins if one.week != fact.week or one.mood is None]


def _not_heard(dossier: Dossier, fact: c.CheckInMissed, told: Told) -> None:
    if job := dossier.jobs.get(told.aggregate_id):
        job.check_ins.append(CheckedIn(fact.week, fact.occurred_at, None))


def _enrolled(dossier: Dossier, fact: e.CourseEnrolled, told: Told) -> None:
    dossier.courses[told.aggregate_id] = Learning(fact.course, fact.lessons, began_at=fact.occurred_at)


def _learned(dossier: Dossier, fact: e.LessonCompleted, told: Told) -> None:
    if course := dossier.courses.get(told.aggregate_id):
        course.done.add(fact.lesson)


def _completed(dossier: Dossier, fact: e.CourseCompleted, told: Told) -> None:
    if course := dossier.courses.get(told.aggregate_id):
        course.completed_at = fact.occurred_at


FOLDS: Final[Mapping[type[Fact], Callable[[Dossier, Any, Told], None]]] = {
    **SEARCH_FOLDS,
    ReferralSubmitted: _referred,
    c.CaseOpened: _opened,
    c.CaseEnteredInError: _in_error,
    c.CoachAssigned: _coached,
    c.TrackChosen: _tracked,
    c.NeedsAssessed: _assessed,
    c.SafetyConcernRaised: _worried,
    c.SafetyConcernHandled: _dealt_with,
    c.SafetyConcernHandlingTakenBack: _handling_taken_back,
    c.CaseSnoozed: _put_off,
    c.CaseUnsnoozed: _taken_up,
    c.PlanDrafted: _drafted,
    c.PlanSigned: _signed,
    c.PlanAgreed: _plan_agreed,
    c.PlanReviewed: _reviewed,
    c.PlanReviewTakenBack: _review_taken_back,
    c.ActionSuggested: _promised,
    c.ActionAgreed: _promised,
    **dict.fromkeys(STEPS, _moved_on),
    c.ActionStepTakenBack: _step_taken_back,
    c.ActionDueDateMoved: _due_moved,
    c.JobRecorded: _employed,
    c.JobStartDateSet: _dated,
    c.JobTermsRevised: _revised,
    c.JobNotStarted: _never_began,
    c.JobEnded: _ended,
    c.JobOutcomeCorrected: _reopened,
    c.CheckInRecorded: _checked_in,
    c.CheckInTakenBack: _check_in_taken_back,
    c.CheckInMissed: _not_heard,
    e.CourseEnrolled: _enrolled,
    e.LessonCompleted: _learned,
    e.CourseCompleted: _completed,
}
