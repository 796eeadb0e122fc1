"""Who may do what with a case. PostgreSQL's row-level security is the second wall behind this one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.identity import Actor

COACH: Final = "coach"
LEADERS: Final = frozenset({"team_leader", "provider_manager"})


class Deed(StrEnum):
    """What can be done with cases."""

    LIST_OWN = "list own cases"
    LIST_ALL = "list every case of the provider"
    READ = "read a case"
    WORK = "agree, finish and cancel actions, record contacts"
    ASSIGN = "assign a coach"


@dataclass(frozen=True, slots=True)
class Record:
    """A case, or a participant's cases together, as access sees it: whose it is and who coaches it."""

    tenant: UUID | None
    coaches: frozenset[UUID | None] = frozenset()


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


def can(actor: Actor, deed: Deed, record: Record) -> bool:
    """Return whether an actor may do something: coaches with their own cases, leaders with their provider's."""
    if actor.tenant is None or actor.tenant != record.tenant:
        return False
    if actor.role == COACH:
        return deed is Deed.LIST_OWN or (deed in {Deed.READ, Deed.WORK} and actor.id in record.coaches)
    return actor.role in LEADERS


def require(actor: Actor, deed: Deed, record: Record) -> None:
    """Raise NotPermittedError unless the actor may."""
    if not can(actor, deed, record):
        message = f"a {actor.role} may not {deed}"
        raise NotPermittedError(message)
