"""What one may ask of target employers: decide, save. Time and ids come in from outside.

Each command raises the errors of `chassis.store` and, when the rules turn it down, its refusal.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import Session
from events.jobsearch import EmployerApproached, EmployerDropped, EmployerTargeted
from jobsearch.target_employer import TargetEmployer, require_ahead

CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Wanted:
    """An employer whom a person wants to get to know, in plain words."""

    employer_id: UUID
    participant_id: UUID
    provider_id: UUID
    name: str
    contact: str | None
    next_approach_on: date | None


@dataclass(frozen=True, slots=True)
class Approach:
    """When somebody spoke to an employer, what came of it, and when to do so again."""

    at: datetime
    on: date
    by_coach: bool
    note: str | None
    next_approach_on: date | None


async def target_employer(session: Session, keyring: Keyring, wanted: Wanted, now: datetime, today: date) -> Answer:
    """Put an employer on a person's list."""
    require_ahead(wanted.next_approach_on, today)
    sealer = await keyring.sealer(wanted.participant_id)
    targeted = EmployerTargeted(
        occurred_at=now,
        participant_id=wanted.participant_id,
        provider_id=wanted.provider_id,
        name=sealer.seal(EmployerTargeted, "name", wanted.name),
        contact=None if wanted.contact is None else sealer.seal(EmployerTargeted, "contact", wanted.contact),
        next_approach_on=wanted.next_approach_on,
    )
    employer = TargetEmployer.begin(wanted.employer_id, targeted)
    return await session.save(employer, status=CREATED, ids={"employer": str(employer.id)})


async def approach(
    session: Session, employer: TargetEmployer, keyring: Keyring, approach: Approach, today: date
) -> Answer:
    """Note that somebody spoke to an employer."""
    assert employer.subject
    note = None
    if approach.note is not None:
        note = (await keyring.sealer(employer.subject)).seal(EmployerApproached, "note", approach.note)
    approached = EmployerApproached(
        occurred_at=approach.at,
        by_coach=approach.by_coach,
        note=note,
        next_approach_on=approach.next_approach_on,
    )
    employer.approach(approached, today, approach.on)
    return await session.save(employer)


async def drop(session: Session, employer: TargetEmployer, now: datetime) -> Answer:
    """Take an employer off the list."""
    employer.drop(EmployerDropped(occurred_at=now))
    return await session.save(employer)
