"""Who may do what with a case. PostgreSQL's row-level security is the second wall behind this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.identity import Actor

COACH: Final = "coach"
JOBSEEKER: Final = "jobseeker"
LEADERS: Final = frozenset({"team_leader", "provider_manager"})


class Deed(StrEnum):
    """What can be done with cases."""

    LIST_OWN = "list own cases"
    LIST_ALL = "list every case of the provider"
    READ = "read a case"
    READ_SHARED = "read what a case shows to the person"
    WORK = "agree, finish and cancel actions, record contacts"
    TAKE_PART = "do their part in a case"
    ASSIGN = "assign a coach"
    COVER = "say who stands in for a coach"
    EXCUSE = "excuse a service standard"
    RETRACT = "take back what others recorded, or a whole case that was entered in error"


@dataclass(frozen=True, slots=True)
class Record:
    """A case, or a participant's cases together, as access sees it: whose it is, who coaches it, whom it is about."""

    tenant: UUID | None
    coaches: frozenset[UUID | None] = frozenset()
    person: UUID | None = None


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


OF_SHARED: Final = frozenset({Deed.READ_SHARED, Deed.TAKE_PART})
OF_COACH: Final = OF_SHARED | {Deed.LIST_OWN, Deed.READ, Deed.WORK, Deed.COVER}
DEEDS: Final[Mapping[str, frozenset[Deed]]] = {
    COACH: OF_COACH,
    JOBSEEKER: OF_SHARED,
    **dict.fromkeys(LEADERS, frozenset(Deed)),
}


def can(actor: Actor, deed: Deed, record: Record) -> bool:
    """Return whether an actor may do something.

    Coaches may with their own cases, leaders with their provider's, a jobseeker with the case that is about them.
    """
    if actor.tenant is None or actor.tenant != record.tenant or deed not in DEEDS.get(actor.role, ()):
        return False
    if actor.role == COACH:
        return deed is Deed.LIST_OWN or actor.id in record.coaches
    return actor.role in LEADERS or actor.id == record.person


def require(actor: Actor, deed: Deed, record: Record) -> None:
    """Raise NotPermittedError unless the actor may."""
    if not can(actor, deed, record):
        _refuse(actor, deed)


def require_role(actor: Actor, deed: Deed) -> None:
    """Raise NotPermittedError for who has nothing to do with cases, whatever they ask."""
    if actor.tenant is None or actor.role not in DEEDS:
        _refuse(actor, deed)


def _refuse(actor: Actor, deed: Deed) -> None:
    message = f"a {actor.role} may not {deed}"
    raise NotPermittedError(message)
