"""Facts heard: what then is asked of the service, by nobody but itself."""

from collections.abc import Awaitable, Callable
from typing import Final

from caseload.case import Case
from caseload.commands.action import finish_course
from caseload.commands.case import close_unstarted_case, close_withdrawn_case, open_case, retract_case, start_case
from caseload.commands.job import record_accepted
from caseload.commands.standard import excuse_all, follow_case, meet, meet_plan, note_start, promise
from caseload.commands.target import Target
from caseload.programme_rules import Terms
from chassis.ask import Answer
from chassis.listen.policies import Heard, Policy
from chassis.store import Session
from events.caseload import (
    CaseEnteredInError,
    CaseExitedEarly,
    CaseOpened,
    CaseReactivated,
    CaseStarted,
    PlanAgreed,
    Standard,
    case_of,
)
from events.fact import Fact
from events.jobsearch import OfferAccepted
from events.learning import CourseCompleted
from events.referrals import (
    InitialMeetingMissed,
    ParticipantNotStarted,
    ParticipantStarted,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralEnteredInError,
    ReferralExpired,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWithdrawn,
)

Reaction = Callable[[Heard, Session], Awaitable[Answer]]


def policies(terms: Terms) -> tuple[Policy, ...]:
    """Return what follows from facts, by the programmes' rules."""
    return (_case_policies(terms), _standard_policies(terms), *_other_policies(terms))


def _case_policies(terms: Terms) -> Policy:
    """Return what leads a case: a case cannot begin before it is open, so they follow each other."""

    async def when_participant_started_start_case(heard: Heard, session: Session) -> Answer:
        """Let the case begin, until the last day that its first day's rules give it."""
        started: ParticipantStarted = heard.fact
        ends_on = terms.rules(started.programme_id, started.start_date).last_day(started.start_date)
        fact = CaseStarted(occurred_at=started.occurred_at, start_date=started.start_date, ends_on=ends_on)
        return await start_case(session, _case(heard), fact)

    async def when_participant_not_started_close_case(heard: Heard, session: Session) -> Answer:
        """Close the case of somebody who never began."""
        at = heard.fact.occurred_at
        return await close_unstarted_case(session, _case(heard), at.astimezone(terms.zone).date(), at)

    async def when_referral_withdrawn_close_case(heard: Heard, session: Session) -> Answer:
        """Close the case of somebody whose referral was taken back before they began."""
        told, at = heard.told, heard.fact.occurred_at
        day = at.astimezone(terms.zone).date()
        return await close_withdrawn_case(session, case_of(told.aggregate_id), told.subject, day, at)

    async def when_referral_entered_in_error_enter_case_in_error(heard: Heard, session: Session) -> Answer:
        """Let nobody stand in a caseload who should not be there, wherever the case stands. The referral says why."""
        told, at = heard.told, heard.fact.occurred_at
        entered, day = CaseEnteredInError(occurred_at=at), at.astimezone(terms.zone).date()
        return await retract_case(session, case_of(told.aggregate_id), told.subject, entered, day)

    then = (
        _policy(ParticipantStarted, when_participant_started_start_case),
        _policy(ParticipantNotStarted, when_participant_not_started_close_case),
        _policy(ReferralWithdrawn, when_referral_withdrawn_close_case),
        _policy(ReferralEnteredInError, when_referral_entered_in_error_enter_case_in_error),
    )
    return _policy(ReferralAccepted, when_referral_accepted_open_case, then)


def _standard_policies(terms: Terms) -> Policy:
    """Return what leads the service standards of a referral: a promise cannot be kept before it was made."""

    async def when_referral_submitted_promise_standards(heard: Heard, session: Session) -> Answer:
        """Let the clocks run."""
        return await promise(session, terms, heard.told.aggregate_id, heard.fact)

    async def when_referral_acknowledged_meet_standard(heard: Heard, session: Session) -> Answer:
        """Note that the referral was acknowledged when it says, however late it is noted."""
        return await meet(session, terms, heard.told.aggregate_id, Standard.ACKNOWLEDGE, heard.fact.occurred_at)

    async def when_initial_meeting_missed_meet_standard(heard: Heard, session: Session) -> Answer:
        """Note that the failure to attend was recorded, which keeps the promise as a start does."""
        return await meet(session, terms, heard.told.aggregate_id, Standard.START, heard.fact.occurred_at)

    async def when_participant_started_meet_standard(heard: Heard, session: Session) -> Answer:
        """Note that the person started, and promise the plan where its days count from there."""
        return await note_start(session, terms, heard.told.aggregate_id, heard.fact)

    async def when_plan_agreed_meet_standard(heard: Heard, session: Session) -> Answer:
        """Note that both signed the plan."""
        return await meet_plan(session, terms, heard.told.aggregate_id, heard.fact.occurred_at)

    then = (
        _policy(ReferralAcknowledged, when_referral_acknowledged_meet_standard),
        _policy(InitialMeetingMissed, when_initial_meeting_missed_meet_standard),
        _policy(ParticipantStarted, when_participant_started_meet_standard),
        _policy(PlanAgreed, when_plan_agreed_meet_standard),
        *(Policy(name, fact, when_referral_ended_excuse_standards) for name, fact in REFERRAL_ENDS.items()),
        *(Policy(name, fact, when_case_ended_or_went_on_follow_it) for name, fact in CASE_ENDS.items()),
    )
    return _policy(ReferralSubmitted, when_referral_submitted_promise_standards, then)


def _other_policies(terms: Terms) -> tuple[Policy, ...]:
    async def when_offer_accepted_record_job(heard: Heard, session: Session) -> Answer:
        """Record the job that the person accepted."""
        told = heard.told
        return await record_accepted(session, terms, told.subject, told.aggregate_id, heard.new_id("job"), heard.fact)

    return (
        _policy(OfferAccepted, when_offer_accepted_record_job),
        _policy(CourseCompleted, when_course_completed_finish_action),
    )


REFERRAL_ENDS: Final[dict[str, type[Fact]]] = {
    "when_referral_rejected_excuse_standards": ReferralRejected,
    "when_referral_withdrawn_excuse_standards": ReferralWithdrawn,
    "when_referral_expired_excuse_standards": ReferralExpired,
    "when_referral_entered_in_error_excuse_standards": ReferralEnteredInError,
    "when_participant_not_started_excuse_standards": ParticipantNotStarted,
}
CASE_ENDS: Final[dict[str, type[Fact]]] = {
    "when_case_exited_early_excuse_standards": CaseExitedEarly,
    "when_case_entered_in_error_excuse_standards": CaseEnteredInError,
    "when_case_reactivated_apply_standards_again": CaseReactivated,
}


async def when_referral_accepted_open_case(heard: Heard, session: Session) -> Answer:
    """Give an accepted person a case with the provider, and the coach whom the acceptance names."""
    accepted: ReferralAccepted = heard.fact
    opened = CaseOpened(
        occurred_at=accepted.occurred_at,
        participant_id=heard.told.subject,
        provider_id=heard.told.tenant,
        programme_id=accepted.programme_id,
        referral_id=heard.told.aggregate_id,
    )
    return await open_case(session, opened, accepted.coach_id)


async def when_course_completed_finish_action(heard: Heard, session: Session) -> Answer:
    """Mark the agreed action as done that consisted in the course."""
    return await finish_course(session, heard.told.subject, heard.fact.course, heard.fact.occurred_at)


async def when_referral_ended_excuse_standards(heard: Heard, session: Session) -> Answer:
    """Let nothing apply any longer that was promised for a referral."""
    return await excuse_all(session, heard.told.aggregate_id, heard.fact.occurred_at)


async def when_case_ended_or_went_on_follow_it(heard: Heard, session: Session) -> Answer:
    """Let promises apply to whom the case stands open for, and to nobody else."""
    return await follow_case(session, heard.told.aggregate_id, heard.fact.occurred_at)


def _policy(fact: type[Fact], reaction: Reaction, then: tuple[Policy, ...] = ()) -> Policy:
    """Return a policy that has the name of its reaction."""
    return Policy(reaction.__name__, fact, reaction, then=then)


def _case(heard: Heard) -> Target:
    return Target(case_of(heard.told.aggregate_id), _permit_ourselves)


def _permit_ourselves(_case: Case) -> None:
    """A policy needs nobody's leave."""
