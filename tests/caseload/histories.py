"""What may happen to people, drawn by hypothesis: facts of every service, each in its service's own order."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from hypothesis import strategies as some

from chassis.listen.told import Told
from events import caseload as c
from events import jobsearch as j
from events import learning as e
from events import referrals as r
from events.fact import Fact
from events.meeting import MeetingChannel
from events.nudges import EmailBounced
from tests.caseload.telling import COACH, PROGRAMME, PROVIDER, Journey, opened, sealed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAYS = 60
PEOPLE = [UUID(int=number) for number in range(501, 506)]

Happening = Callable[[some.DrawFn, UUID, datetime], tuple[UUID | None, Fact]]


def moments() -> some.SearchStrategy[datetime]:
    """Draw a moment of the two months after noon of 2 March 2026."""
    return some.integers(0, DAYS * 24).map(lambda hours: NOON + timedelta(hours=hours))


def thing(draw: some.DrawFn, person: UUID, kind: str) -> UUID:
    """Draw one of the few things of a kind that a person has."""
    return uuid5(person, f"{kind} {draw(some.integers(1, 3))}")


def places(person: UUID) -> dict[str, UUID]:
    """Return whose fact it is."""
    return {"participant_id": person, "provider_id": PROVIDER}


def of_case(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of the case."""
    day = draw(moments()).date()
    action, plan, concern = (uuid5(person, name) for name in ("action", "plan", "concern"))
    owner = draw(some.sampled_from(c.ActionOwner))
    rule = draw(some.integers(1, 9))
    contact = thing(draw, person, "contact")
    facts: list[Fact] = [
        c.CaseStarted(occurred_at=at, start_date=at.date(), ends_on=day),
        c.CaseCompleted(occurred_at=at),
        c.CaseReactivated(occurred_at=at),
        c.CaseEnteredInError(occurred_at=at),
        c.CasePaused(occurred_at=at, reason=c.PauseReason.HEALTH, until=draw(some.sampled_from([None, day]))),
        c.CaseResumed(occurred_at=at),
        c.CoachAssigned(occurred_at=at, coach_id=COACH),
        c.CaseCovered(occurred_at=at, coach_id=person, begins_at=at, ends_at=draw(moments())),
        c.CaseCoverEnded(occurred_at=at),
        c.ContactRecorded(occurred_at=at, channel=c.Channel.PHONE, coach_id=COACH),
        c.ContactRecorded(occurred_at=at, channel=c.Channel.VIDEO, coach_id=COACH, contact_id=contact),
        c.ContactRecordedInError(occurred_at=at, contact_id=contact),
        c.SafetyConcernRaised(
            occurred_at=at, concern_id=concern, owner_id=COACH, what=sealed(c.SafetyConcernRaised, "what", person)
        ),
        c.SafetyConcernHandled(occurred_at=at, concern_id=concern, how=sealed(c.SafetyConcernHandled, "how", person)),
        c.SafetyConcernHandlingTakenBack(occurred_at=at, concern_id=concern, owner_id=COACH, taken_back=2),
        c.ActionSuggested(
            occurred_at=at,
            action_id=action,
            by=owner,
            owner=owner,
            what=sealed(c.ActionSuggested, "what", person),
            due=day,
        ),
        c.ActionAgreed(
            occurred_at=at, action_id=action, owner=owner, what=sealed(c.ActionAgreed, "what", person), due=day
        ),
        c.ActionBegun(occurred_at=at, action_id=action),
        c.ActionPutOnStandby(occurred_at=at, action_id=action),
        c.ActionDueDateMoved(occurred_at=at, action_id=action, due=day),
        c.ActionFellDue(occurred_at=at, action_id=action, due=day),
        c.ActionDone(occurred_at=at, action_id=action),
        c.ActionStepTakenBack(
            occurred_at=at,
            action_id=action,
            stage=draw(some.sampled_from(c.ActionStage)),
            begun=True,
            owner=owner,
            due=day,
            taken_back=2,
        ),
        c.PlanDrafted(occurred_at=at, plan_id=plan, goal=sealed(c.PlanDrafted, "goal", person)),
        c.PlanSigned(occurred_at=at, plan_id=plan, by=owner),
        c.PlanAgreed(occurred_at=at, plan_id=plan, review_by=day),
        c.PlanReviewed(occurred_at=at, plan_id=plan, review_by=day),
        c.PlanReviewTakenBack(occurred_at=at, plan_id=plan, review_by=day, taken_back=2),
        c.NextStepSetAside(
            occurred_at=at,
            step=draw(some.sampled_from(["10.work", "10.town", "10.cv", f"7.{action}"])),
            reason=draw(some.sampled_from(c.SetAsideReason)),
            until=day,
        ),
        c.NextStepTakenUp(occurred_at=at, step=draw(some.sampled_from(["10.work", "10.town"]))),
        c.CaseSnoozed(occurred_at=at, rule=rule, until=day, reason=sealed(c.CaseSnoozed, "reason", person)),
        c.CaseUnsnoozed(occurred_at=at),
    ]
    return None, draw(some.sampled_from(facts))


def of_standard(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of a service standard."""
    standard, day = draw(some.sampled_from(c.Standard)), draw(moments()).date()
    promised = c.StandardPromised(
        occurred_at=at,
        standard=standard,
        programme_id=PROGRAMME,
        referral_id=person,
        warn_on=day - timedelta(days=3),
        due=day,
        **places(person),
    )
    facts: list[Fact] = [
        promised,
        c.StandardWarned(occurred_at=at, standard=standard, due=day),
        c.StandardBreached(occurred_at=at, standard=standard, due=day),
        c.StandardMet(occurred_at=at, standard=standard, on=day, in_time=True),
        c.StandardExcused(occurred_at=at, standard=standard),
        c.StandardExcuseTakenBack(occurred_at=at, standard=standard, taken_back=2),
    ]
    return uuid5(person, standard), draw(some.sampled_from(facts))


def of_appointment(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of an appointment."""
    when = {"starts_at": draw(moments()), "minutes": 30, "channel": draw(some.sampled_from(MeetingChannel))}
    booked = c.AppointmentBooked(
        occurred_at=at, case_id=person, coach_id=COACH, kind=c.AppointmentKind.REVIEW, **places(person), **when
    )
    facts: list[Fact] = [
        booked,
        booked,
        c.AppointmentRescheduled(occurred_at=at, **when),
        c.AppointmentAttended(occurred_at=at, late=False),
        c.AppointmentMissed(occurred_at=at, acceptable=False),
        c.AppointmentCancelled(occurred_at=at, by=c.CancelledBy.SERVICE),
        c.AppointmentOutcomeCorrected(occurred_at=at),
    ]
    return thing(draw, person, "appointment"), draw(some.sampled_from(facts))


def of_message(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of a message."""
    message, by = thing(draw, person, "message"), draw(some.sampled_from(c.ActionOwner))
    text = sealed(c.MessageSent, "text", person)
    sent = c.MessageSent(
        occurred_at=at, message_id=message, case_id=person, by=by, author_id=person, text=text, **places(person)
    )
    read = c.MessageRead(occurred_at=at, message_id=message, by=by)
    return message, draw(some.sampled_from([sent, read, c.MessageWithdrawn(occurred_at=at, message_id=message)]))


def of_job(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of a job."""
    day = draw(moments()).date()
    recorded = c.JobRecorded(
        occurred_at=at,
        case_id=person,
        starts_on=day,
        check_ins=(day + timedelta(days=7),),
        check_in_weeks=(1,),
        **places(person),
    )
    facts: list[Fact] = [
        recorded,
        recorded,
        c.JobNotStarted(occurred_at=at),
        c.JobEnded(occurred_at=at, last_day=day, reason=c.JobEndReason.RESIGNED),
        c.JobOutcomeCorrected(occurred_at=at),
        c.CheckInFellDue(occurred_at=at, week=1, due=day),
        c.CheckInRecorded(occurred_at=at, week=1, mood=draw(some.sampled_from(c.CheckInMood))),
        c.CheckInTakenBack(occurred_at=at, week=1, taken_back=2),
        c.CheckInMissed(occurred_at=at, week=1, due=day),
    ]
    return thing(draw, person, "job"), draw(some.sampled_from(facts))


def of_search(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of an application or of the profile."""
    application, interview, moment = thing(draw, person, "application"), uuid5(person, "interview"), draw(moments())
    day = draw(some.sampled_from([None, moment.date()]))
    saved = j.ApplicationSaved(occurred_at=at, closes_on=day, **places(person))
    facts: list[Fact] = [
        saved,
        saved,
        j.ApplicationBegun(occurred_at=at),
        j.ApplicationSent(occurred_at=at),
        j.ApplicationChased(occurred_at=at),
        j.InterviewInvited(occurred_at=at, interview_id=interview, round=1, day=day),
        j.InterviewRescheduled(occurred_at=at, interview_id=interview, starts_at=moment),
        j.InterviewPrepared(occurred_at=at, interview_id=interview),
        j.InterviewHeld(occurred_at=at, interview_id=interview),
        j.OfferMade(occurred_at=at, answer_by=day),
        j.OfferAccepted(occurred_at=at),
        j.OfferDeclined(occurred_at=at),
        j.ApplicationRejected(occurred_at=at, reason=j.ApplicationEnd.NOT_CHOSEN),
        j.ApplicationUnanswered(occurred_at=at),
        j.ApplicationReopened(occurred_at=at),
        j.JobWishesTold(occurred_at=at, miles=10, work=sealed(j.JobWishesTold, "work", person), **places(person)),
        j.CvWritten(occurred_at=at, version=1, text=sealed(j.CvWritten, "text", person), **places(person)),
    ]
    return application, draw(some.sampled_from(facts))


def of_referral(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of the referral."""
    meets_at = draw(moments())
    facts: list[Fact] = [
        r.ReferralHandoverArranged(occurred_at=at, meets_at=meets_at, channel=MeetingChannel.VIDEO),
        r.ReferralHandoverHeld(occurred_at=at),
        r.InitialMeetingBooked(occurred_at=at, meets_at=meets_at, channel=MeetingChannel.PHONE),
        r.InitialMeetingHeld(occurred_at=at, meets_at=meets_at),
        r.InitialMeetingMissed(occurred_at=at, meets_at=meets_at),
    ]
    return Journey(person).referral, draw(some.sampled_from(facts))


def of_course(draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Draw a fact of a course."""
    facts: list[Fact] = [
        e.CourseEnrolled(occurred_at=at, course="interviews", lessons=2, **places(person)),
        e.LessonCompleted(occurred_at=at, lesson="first"),
        e.QuizTaken(occurred_at=at, right=1, questions=2, passed=False),
        e.CourseCompleted(occurred_at=at, course="interviews"),
    ]
    return e.enrolment_of(person, PROVIDER, "interviews"), draw(some.sampled_from(facts))


def of_nudges(_draw: some.DrawFn, person: UUID, at: datetime) -> tuple[UUID | None, Fact]:
    """Return that the person's address takes no mail."""
    return uuid5(person, "nudges"), EmailBounced(occurred_at=at, referral_id=Journey(person).referral, **places(person))


HAPPENINGS: Sequence[Happening] = (
    of_case, of_case, of_case, of_standard, of_appointment, of_appointment, of_message, of_job, of_search, of_search,
    of_referral, of_course, of_nudges,
)  # fmt: skip


@some.composite
def journeys(draw: some.DrawFn, person: UUID = PEOPLE[0], most: int = 16) -> Journey:
    """Draw what happens to a person, in the order in which it happened."""
    journey = opened(NOON, person)
    journey.tell(c.CoachAssigned(occurred_at=NOON, coach_id=COACH))
    for at in sorted(draw(some.lists(moments(), max_size=most))):
        aggregate, fact = draw(some.sampled_from(HAPPENINGS))(draw, person, at)
        journey.tell(fact, of=aggregate)
    return journey


@some.composite
def interleaved(draw: some.DrawFn, told: Sequence[Told]) -> list[Told]:
    """Draw another order in which the facts of different services may arrive; each service's own stays."""
    queues: dict[str, list[Told]] = {}
    for one in told:
        queues.setdefault(one.source, []).append(one)
    order = draw(some.permutations([one.source for one in told]))
    waiting = {source: iter(facts) for source, facts in queues.items()}
    return [next(waiting[source]) for source in order]
