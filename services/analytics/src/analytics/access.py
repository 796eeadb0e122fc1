"""Who may ask what of analytics. PostgreSQL's row-level security is the second wall behind this one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.identity import Actor

ANALYST: Final = "analyst"
COACH: Final = "coach"
LEADERS: Final = frozenset({"team_leader", "provider_manager"})


class Deed(StrEnum):
    """What can be asked."""

    COUNT = "read numbers"
    SEE_PEOPLE = "see the people behind a number, and search facts"
    EXPORT = "export facts"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose numbers: of a provider, None for all of them, and of one coach or everybody's."""

    provider: UUID | None = None
    coach: UUID | None = None


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


def can(actor: Actor, deed: Deed, scope: Scope) -> bool:
    """Return whether an actor may: analysts everything by pseudonyms, leaders their provider, coaches their numbers."""
    if actor.role == ANALYST:
        return actor.tenant is None
    if actor.tenant is None or scope.provider not in {None, actor.tenant} or deed is Deed.EXPORT:
        return False
    if actor.role == COACH:
        return deed is Deed.COUNT and scope.coach == actor.id
    return actor.role in LEADERS


def require(actor: Actor, deed: Deed, scope: Scope) -> None:
    """Raise NotPermittedError unless the actor may."""
    if not can(actor, deed, scope):
        message = f"a {actor.role} may not {deed}, or not of these"
        raise NotPermittedError(message)


def is_pseudonymous(actor: Actor) -> bool:
    """Whether an actor sees pseudonyms, and no small groups: everybody who does not work with the people."""
    return actor.role == ANALYST
