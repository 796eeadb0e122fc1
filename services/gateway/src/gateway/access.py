"""Who may do what at the gateway itself. Whatever a service answers, that service decides."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.identity import Actor

JOBSEEKER: Final = "jobseeker"
COACH: Final = "coach"
REFERRER: Final = "referrer"
LEADERS: Final = frozenset({"team_leader", "provider_manager"})
STAFF: Final = LEADERS | {COACH}
FOLLOWERS: Final = STAFF | {JOBSEEKER, REFERRER}

Carers = Iterable[tuple[UUID | None, UUID | None]]
"""The provider and the coach of each case of a person."""


class Deed(StrEnum):
    """What can be done here."""

    HOME = "open a participant's home"
    OPEN = "open a person's record"
    LOOKS = "see who looked at a person's record"
    LINK = "make a link that brings a person in"
    FOLLOW = "follow live changes"


_BY_ROLE: Final = {
    Deed.HOME: frozenset({JOBSEEKER}),
    Deed.OPEN: STAFF | {JOBSEEKER},
    Deed.LOOKS: STAFF | {JOBSEEKER},
    Deed.LINK: STAFF,
    Deed.FOLLOW: FOLLOWERS,
}


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


def can(actor: Actor, deed: Deed, participant: UUID, carers: Carers) -> bool:
    """Return whether an actor may: people for themselves, coaches for whom they coach, leaders for their provider's."""
    if actor.role not in _BY_ROLE[deed] or actor.tenant is None:
        return False
    if actor.role == JOBSEEKER:
        return actor.id == participant
    here = [coach for provider, coach in carers if provider == actor.tenant]
    return bool(here) if actor.role in LEADERS else actor.id in here


def require(actor: Actor, deed: Deed) -> None:
    """Raise NotPermittedError when this is open to nobody in the actor's role."""
    if actor.role not in _BY_ROLE[deed]:
        message = f"a {actor.role} may not {deed}"
        raise NotPermittedError(message)
