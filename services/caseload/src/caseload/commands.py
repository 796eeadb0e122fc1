"""What one may ask of the caseload service: load, decide, save. Time and ids come in from outside.

Each command raises the errors of `chassis.store` and, when the rules turn it down, a refusal of `caseload.case`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from caseload.case import Case
from chassis.ask import Answer
from chassis.keyring import Keyring, Sealer
from chassis.store import Session, StaleVersionError
from events.caseload import ActionAgreed, ActionOwner, CaseOpened, Channel, ContactRecorded, case_of
from events.fact import Fact
from events.sealed import Sealed

CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Target:
    """The case that a command is for; `permit` raises when who asks may not, `expected` is the version they saw."""

    case_id: UUID
    permit: Callable[[Case], None]
    expected: int | None = None

    async def load(self, session: Session) -> Case:
        """Return the case for who may change it; who may not is not told its version."""
        case = await session.load(Case, self.case_id)
        self.permit(case)
        if self.expected is not None and self.expected != case.version:
            raise StaleVersionError(self.expected, case.version)
        return case


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a coach and a person agree on, in plain words; `agreed_on` is the day in the programme's time zone."""

    action_id: UUID
    agreed_at: datetime
    agreed_on: date
    owner: ActionOwner
    what: str
    where: str | None
    how: str | None
    due: date


@dataclass(frozen=True, slots=True)
class Contact:
    """When and how a coach and a person were in contact, in plain words."""

    occurred_at: datetime
    channel: Channel
    coach_id: UUID
    note: str | None


async def open_case(session: Session, opened: CaseOpened, coach_id: UUID | None) -> Answer:
    """Open the case of an accepted referral, with its coach when one is chosen."""
    case = Case.open(case_of(opened.referral_id), opened, coach_id)
    return await session.save(case, status=CREATED, ids={"case": str(case.id)})


async def assign_coach(session: Session, target: Target, coach_id: UUID, now: datetime) -> Answer:
    """Make a coach responsible."""
    case = await target.load(session)
    case.assign(coach_id, now)
    return await session.save(case)


async def agree_action(session: Session, target: Target, keyring: Keyring, agreement: Agreement) -> Answer:
    """Take an action that was agreed; its words are sealed before they become a fact."""
    case = await target.load(session)
    sealer = await keyring.sealer(_person(case))
    case.agree(_action_agreed(sealer, agreement), agreement.agreed_on)
    return await session.save(case, status=CREATED, ids={"action": str(agreement.action_id)})


async def finish_action(session: Session, target: Target, action_id: UUID, now: datetime) -> Answer:
    """Mark an action as done."""
    case = await target.load(session)
    case.finish(action_id, now)
    return await session.save(case)


async def cancel_action(session: Session, target: Target, action_id: UUID, now: datetime) -> Answer:
    """Take an action back."""
    case = await target.load(session)
    case.cancel(action_id, now)
    return await session.save(case)


async def let_action_fall_due(
    session: Session, target: Target, action_id: UUID, late_on: date, passed: datetime
) -> Answer:
    """Note that an action is late from the day `late_on`, which began at `passed`, if it is still open."""
    case = await target.load(session)
    case.let_fall_due(action_id, late_on, passed)
    return await session.save(case)


async def record_contact(session: Session, target: Target, keyring: Keyring, contact: Contact, now: datetime) -> Answer:
    """Take a contact that happened now or earlier; its note is sealed before it becomes a fact."""
    case = await target.load(session)
    sealer = await keyring.sealer(_person(case))
    case.record_contact(_contact_recorded(sealer, contact), now)
    return await session.save(case, status=CREATED)


def _person(case: Case) -> UUID:
    if case.subject is None:
        message = "a case is always about somebody"
        raise TypeError(message)
    return case.subject


def _action_agreed(sealer: Sealer, agreement: Agreement) -> ActionAgreed:
    return ActionAgreed(
        occurred_at=agreement.agreed_at,
        action_id=agreement.action_id,
        owner=agreement.owner,
        what=sealer.seal(ActionAgreed, "what", agreement.what),
        where=_sealed(sealer, ActionAgreed, "where", agreement.where),
        how=_sealed(sealer, ActionAgreed, "how", agreement.how),
        due=agreement.due,
    )


def _contact_recorded(sealer: Sealer, contact: Contact) -> ContactRecorded:
    return ContactRecorded(
        occurred_at=contact.occurred_at,
        channel=contact.channel,
        coach_id=contact.coach_id,
        note=_sealed(sealer, ContactRecorded, "note", contact.note),
    )


def _sealed(sealer: Sealer, fact: type[Fact], field: str, plain: str | None) -> Sealed | None:
    return None if plain is None else sealer.seal(fact, field, plain)
