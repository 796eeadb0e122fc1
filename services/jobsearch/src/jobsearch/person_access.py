"""Who may see and do what belongs to one person. PostgreSQL's row-level security is the second wall behind this one."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.identity import Actor
from jobsearch.access import COACH, JOBSEEKER, LEADERS, STAFF, NotPermittedError

WITH_PEOPLE: Final = STAFF | {JOBSEEKER}


@dataclass(frozen=True, slots=True)
class Record:
    """A person's job search as access sees it: whose it is, at which provider, and who coaches them."""

    tenant: UUID | None
    participant_id: UUID
    coaches: frozenset[UUID | None] = frozenset()


def can(actor: Actor, record: Record) -> bool:
    """Return whether an actor may see a person's job search, and do in it what the person may.

    That is the person, the coaches of their cases, and the leaders of their provider.
    """
    if actor.tenant is None or actor.tenant != record.tenant:
        return False
    if actor.role == JOBSEEKER:
        return actor.id == record.participant_id
    return actor.role in LEADERS or (actor.role == COACH and actor.id in record.coaches)


def require_role(actor: Actor) -> UUID:
    """Return the provider within which an actor may ask about people.

    Raises NotPermittedError for who may ask about nobody.
    """
    if actor.tenant is None or actor.role not in WITH_PEOPLE:
        message = f"a {actor.role} may not see anybody's job search"
        raise NotPermittedError(message)
    return actor.tenant


def require(actor: Actor, record: Record) -> None:
    """Raise NotPermittedError unless the actor may."""
    if not can(actor, record):
        message = f"a {actor.role} may not see the job search of somebody else's participant"
        raise NotPermittedError(message)
