"""Who may see and steer whose nudges. PostgreSQL's row-level security is the second wall behind this one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.identity import Actor

JOBSEEKER: Final = "jobseeker"
COACH: Final = "coach"
LEADERS: Final = frozenset({"team_leader", "provider_manager"})
PEOPLE_AND_STAFF: Final = LEADERS | {JOBSEEKER, COACH}


class Deed(StrEnum):
    """What can be done with nudges."""

    COME_IN = "ask for nudges"
    READ = "see nudges and wishes"
    STEER = "mark, stop and pause nudges"


@dataclass(frozen=True, slots=True)
class Record:
    """A person's nudges as access sees them: with which provider, who the person is, and who coaches them."""

    tenant: UUID | None
    participant_id: UUID | None = None
    coaches: frozenset[UUID | None] = frozenset()


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


def can(actor: Actor, deed: Deed, record: Record) -> bool:
    """Return whether an actor may: people for themselves, coaches for those they coach, leaders for their provider's.

    A coach may do everything on behalf of a person, for those who are not digital.
    """
    if actor.tenant is None or actor.tenant != record.tenant or actor.role not in PEOPLE_AND_STAFF:
        return False
    if deed is Deed.COME_IN or actor.role in LEADERS:
        return True
    return actor.id == record.participant_id if actor.role == JOBSEEKER else actor.id in record.coaches


def require(actor: Actor, deed: Deed, record: Record) -> None:
    """Raise NotPermittedError unless the actor may."""
    if not can(actor, deed, record):
        message = f"a {actor.role} may not {deed}"
        raise NotPermittedError(message)
