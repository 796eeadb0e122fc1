"""What is asked of a case as a whole: its status, its coach, and what is known of the person."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from caseload.case import Case, person_of
from caseload.commands.target import CREATED, Target, Wording, decide, decide_in_words
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import Session
from events.caseload import (
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseSnoozed,
    CaseStarted,
    ContactRecorded,
    NeedsAssessed,
    NextStepSetAside,
    SafetyConcernHandled,
    SafetyConcernRaised,
    TrackChosen,
    case_of,
)


async def open_case(session: Session, opened: CaseOpened, coach_id: UUID | None) -> Answer:
    """Open the case of an accepted referral, with its coach when one is chosen."""
    case = Case.open(case_of(opened.referral_id), opened, coach_id)
    return await session.save(case, status=CREATED, ids={"case": str(case.id)})


async def assign_coach(session: Session, target: Target, coach_id: UUID, now: datetime) -> Answer:
    """Make a coach responsible."""
    return await decide(session, target, lambda case: case.assign(coach_id, now))


async def start_case(session: Session, target: Target, started: CaseStarted) -> Answer:
    """Let the person be on the programme."""
    return await decide(session, target, lambda case: case.start(started))


async def close_unstarted_case(session: Session, target: Target, today: date, now: datetime) -> Answer:
    """Close the case of somebody who never began."""
    return await decide(session, target, lambda case: case.close_unstarted(today, now))


async def close_withdrawn_case(session: Session, case_id: UUID, person: UUID, today: date, now: datetime) -> Answer:
    """Close the case of somebody whose referral was taken back; one that was never accepted has none."""
    cases = await _case_if_opened(session, case_id, person)
    for case in cases:
        case.close_unstarted(today, now)
    return await session.save(*cases)


async def retract_case(
    session: Session, case_id: UUID, person: UUID, entered: CaseEnteredInError, today: date
) -> Answer:
    """Enter the case in error whose referral was; a referral that was never accepted has none."""
    cases = await _case_if_opened(session, case_id, person)
    for case in cases:
        case.enter_in_error(entered, today)
    return await session.save(*cases)


async def _case_if_opened(session: Session, case_id: UUID, person: UUID) -> list[Case]:
    return [case for case in await session.about(Case, person) if case.id == case_id]


async def pause(session: Session, target: Target, paused: CasePaused, today: date) -> Answer:
    """Let a case rest."""
    return await decide(session, target, lambda case: case.pause(paused, today))


async def resume(session: Session, target: Target, today: date, now: datetime) -> Answer:
    """Go on with a case that rested."""
    return await decide(session, target, lambda case: case.resume(today, now))


async def complete(session: Session, target: Target, today: date, now: datetime) -> Answer:
    """Close the case of somebody who went the whole way."""
    return await decide(session, target, lambda case: case.complete(today, now))


async def exit_early(
    session: Session, target: Target, keyring: Keyring, exited: Wording[CaseExitedEarly], today: date
) -> Answer:
    """Close the case of somebody who leaves before the end."""
    return await decide_in_words(session, target, keyring, exited, lambda case, fact: case.exit_early(fact, today))


async def reactivate(
    session: Session, target: Target, keyring: Keyring, again: Wording[CaseReactivated], today: date
) -> Answer:
    """Go on with a closed case."""
    return await decide_in_words(session, target, keyring, again, lambda case, fact: case.reactivate(fact, today))


async def hand_back(
    session: Session, target: Target, keyring: Keyring, back: Wording[CaseHandedBack], today: date
) -> Answer:
    """Give the person back to the referrer, with a report."""
    return await decide_in_words(session, target, keyring, back, lambda case, fact: case.hand_back(fact, today))


async def enter_in_error(
    session: Session, target: Target, keyring: Keyring, entered: Wording[CaseEnteredInError], today: date
) -> Answer:
    """Say that a case should never have been there."""
    return await decide_in_words(session, target, keyring, entered, lambda case, fact: case.enter_in_error(fact, today))


async def choose_track(session: Session, target: Target, keyring: Keyring, chosen: Wording[TrackChosen]) -> Answer:
    """Decide how much self-service leads."""
    return await decide_in_words(session, target, keyring, chosen, Case.choose_track)


async def assess_needs(session: Session, target: Target, keyring: Keyring, needs: Wording[NeedsAssessed]) -> Answer:
    """Take what stands between the person and work."""
    return await decide_in_words(session, target, keyring, needs, Case.assess_needs)


async def raise_concern(
    session: Session, target: Target, keyring: Keyring, fields: Mapping[str, Any], asking: UUID
) -> Answer:
    """Take a worry about the person's safety: the case's coach has to act unless somebody else is named."""
    case = await target.load(session)
    owner = fields["owner_id"] or case.coach_id or asking
    raised = Wording(SafetyConcernRaised, {**fields, "owner_id": owner})
    case.raise_concern(raised.sealed(await keyring.sealer(person_of(case))))
    return await session.save(case, status=CREATED, ids={"concern": str(fields["concern_id"])})


async def handle_concern(
    session: Session, target: Target, keyring: Keyring, handled: Wording[SafetyConcernHandled]
) -> Answer:
    """Note that a worry was dealt with."""
    return await decide_in_words(session, target, keyring, handled, Case.handle_concern)


async def take_handling_back(session: Session, target: Target, concern_id: UUID, version: int, now: datetime) -> Answer:
    """Take back that a worry was dealt with."""
    return await decide(session, target, lambda case: case.take_handling_back(concern_id, version, now))


async def set_step_aside(session: Session, target: Target, aside: NextStepSetAside) -> Answer:
    """Show another step for a while."""
    return await decide(session, target, lambda case: case.set_step_aside(aside))


async def take_step_up(session: Session, target: Target, step: str, now: datetime) -> Answer:
    """Show a step again that was set aside."""
    return await decide(session, target, lambda case: case.take_step_up(step, now))


async def snooze(
    session: Session, target: Target, keyring: Keyring, snoozed: Wording[CaseSnoozed], today: date
) -> Answer:
    """Put a line of Today off."""
    return await decide_in_words(session, target, keyring, snoozed, lambda case, fact: case.snooze(fact, today))


async def unsnooze(session: Session, target: Target, now: datetime) -> Answer:
    """Take a snooze back."""
    return await decide(session, target, lambda case: case.unsnooze(now))


async def record_contact(
    session: Session, target: Target, keyring: Keyring, contact: Wording[ContactRecorded], now: datetime
) -> Answer:
    """Take a contact that happened now or earlier."""
    return await decide_in_words(
        session, target, keyring, contact, lambda case, fact: case.record_contact(fact, now), "contact"
    )


async def take_contact_back(session: Session, target: Target, contact_id: UUID, now: datetime) -> Answer:
    """Let a contact count no longer."""
    return await decide(session, target, lambda case: case.take_contact_back(contact_id, now))
