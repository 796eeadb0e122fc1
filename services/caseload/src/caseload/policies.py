"""Facts heard and days passed: what then is asked of the service, by nobody but itself."""

from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.case import Case
from caseload.commands.action import finish_course, let_action_fall_due
from caseload.commands.case import close_unstarted_case, open_case, start_case
from caseload.commands.target import Target
from caseload.programme_rules import Terms
from caseload.views.caseload import CASELOAD
from chassis.ask import Answer
from chassis.listen.policies import Heard, Policy
from chassis.store import Session
from chassis.timers import Due, Timer
from events.caseload import CaseOpened, CaseStarted, case_of
from events.learning import CourseCompleted
from events.referrals import ParticipantNotStarted, ParticipantStarted, ReferralAccepted


def policies(terms: Terms) -> tuple[Policy, ...]:
    """Return what follows from facts, by the programmes' rules."""

    async def when_participant_started_start_case(heard: Heard, session: Session) -> Answer:
        """Let the case begin, until the last day that today's rules give it."""
        started: ParticipantStarted = heard.fact
        ends_on = terms.rules(started.programme_id, started.start_date).last_day(started.start_date)
        fact = CaseStarted(occurred_at=started.occurred_at, start_date=started.start_date, ends_on=ends_on)
        return await start_case(session, _case(heard), fact)

    async def when_participant_not_started_close_case(heard: Heard, session: Session) -> Answer:
        """Close the case of somebody who never began."""
        at = heard.fact.occurred_at
        return await close_unstarted_case(session, _case(heard), at.astimezone(terms.zone).date(), at)

    # They follow each other: a case cannot begin before it is open.
    then = (
        Policy("when_participant_started_start_case", ParticipantStarted, when_participant_started_start_case),
        Policy(
            "when_participant_not_started_close_case", ParticipantNotStarted, when_participant_not_started_close_case
        ),
    )
    return (
        Policy("when_referral_accepted_open_case", ReferralAccepted, when_referral_accepted_open_case, then=then),
        Policy("when_course_completed_finish_action", CourseCompleted, when_course_completed_finish_action),
    )


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


OPEN_ACTIONS: Final = """
select action_id::text as key, case_id as aggregate_id, tenant, (due + 1)::timestamp at time zone %(zone)s as due_at
from agreed_action
where agreed_at is not null and done_at is null and cancelled_at is null and not fell_due and not on_standby
"""


def timers(zone: ZoneInfo) -> tuple[Timer, ...]:
    """Return what falls due by itself, in the programme's time zone."""

    async def when_due_date_passed_let_action_fall_due(due: Due, session: Session) -> Answer:
        target = Target(due.aggregate_id, _permit_ourselves)
        return await let_action_fall_due(session, target, UUID(due.key), due.due_at.astimezone(zone).date(), due.due_at)

    name = when_due_date_passed_let_action_fall_due.__name__
    return (Timer(name, CASELOAD, OPEN_ACTIONS, when_due_date_passed_let_action_fall_due, {"zone": zone.key}),)


def _case(heard: Heard) -> Target:
    return Target(case_of(heard.told.aggregate_id), _permit_ourselves)


def _permit_ourselves(_case: Case) -> None:
    """A policy needs nobody's leave."""
