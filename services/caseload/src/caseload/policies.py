"""Facts heard and days passed: what then is asked of the service, by nobody but itself."""

from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.case import Case
from caseload.commands import Target, let_action_fall_due, open_case
from caseload.views.caseload import CASELOAD
from chassis.ask import Answer
from chassis.listen.policies import Heard, Policy
from chassis.store import Session
from chassis.timers import Due, Timer
from events.caseload import CaseOpened
from events.referrals import ReferralAccepted


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


POLICIES: Final = (Policy("when_referral_accepted_open_case", ReferralAccepted, when_referral_accepted_open_case),)

OPEN_ACTIONS: Final = """
select action_id::text as key, case_id as aggregate_id, tenant, (due + 1)::timestamp at time zone %(zone)s as due_at
from agreed_action where done_at is null and cancelled_at is null and not fell_due
"""


def timers(zone: ZoneInfo) -> tuple[Timer, ...]:
    """Return what falls due by itself, in the programme's time zone."""

    async def when_due_date_passed_let_action_fall_due(due: Due, session: Session) -> Answer:
        target = Target(due.aggregate_id, _permit_ourselves)
        return await let_action_fall_due(session, target, UUID(due.key), due.due_at.astimezone(zone).date(), due.due_at)

    name = when_due_date_passed_let_action_fall_due.__name__
    return (Timer(name, CASELOAD, OPEN_ACTIONS, when_due_date_passed_let_action_fall_due, {"zone": zone.key}),)


def _permit_ourselves(_case: Case) -> None:
    """A policy needs nobody's leave."""
