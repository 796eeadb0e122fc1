"""Who may do what with a referral. PostgreSQL's row-level security is the second wall behind this one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.identity import Actor

REFERRER: Final = "referrer"
COACH: Final = "coach"
LEADERS: Final = frozenset({"team_leader", "provider_manager"})
STAFF: Final = LEADERS | {COACH}


class Deed(StrEnum):
    """What can be done with referrals."""

    SUBMIT = "submit a referral"
    IMPORT = "bring in a file of referrals"
    LIST = "list referrals"
    READ = "read a referral"
    ANSWER = "acknowledge, assess, accept, waitlist or reject a referral"
    WITHDRAW = "withdraw a referral"


@dataclass(frozen=True, slots=True)
class Record:
    """A referral as access sees it: whose it is and who sent it."""

    tenant: UUID | None
    referrer_id: UUID | None = None


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


_BY_ROLE: Final[dict[str, frozenset[Deed]]] = {
    REFERRER: frozenset({Deed.SUBMIT, Deed.IMPORT, Deed.LIST, Deed.READ, Deed.WITHDRAW}),
    COACH: frozenset({Deed.LIST, Deed.READ, Deed.ANSWER, Deed.WITHDRAW}),
} | dict.fromkeys(LEADERS, frozenset({Deed.IMPORT, Deed.LIST, Deed.READ, Deed.ANSWER, Deed.WITHDRAW}))


def can(actor: Actor, deed: Deed, record: Record) -> bool:
    """Return whether an actor may do something: referrers with what they sent, staff with what came to their provider."""
    if deed not in _BY_ROLE.get(actor.role, ()):
        return False
    if actor.role == REFERRER:
        return record.referrer_id == actor.id
    return actor.tenant is not None and record.tenant == actor.tenant


def may_ever(actor: Actor, deed: Deed) -> bool:
    """Return whether the actor's role is given a deed at all; if not, there is nothing to look up."""
    return deed in _BY_ROLE.get(actor.role, ())
