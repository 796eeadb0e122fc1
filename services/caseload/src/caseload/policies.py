"""Facts heard, commands given."""

from typing import Final

from caseload.commands import open_case
from chassis.ask import Answer
from chassis.policies import Heard, Policy
from chassis.store import Session
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
