"""Who may do what with a referral. PostgreSQL's row-level security is the second wall behind this one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.identity import Actor
from events.referrals import WithdrawnBy

REFERRER: Final = "referrer"
LINK: Final = "referral_link"
"""Whoever holds a link that a referrer gave away; its id is the referrer's."""


class Deed(StrEnum):
    """What can be done with referrals."""

    SUBMIT = "submit a referral"
    IMPORT = "bring in a file of referrals"
    LIST = "list referrals"
    READ = "read a referral"
    READ_REPORT = "read what a provider reports at the end"
    FOLLOW = "see where a referral stands, and nothing of the person"
    ANSWER = "acknowledge, assess, accept, waitlist or reject a referral"
    WITHDRAW = "withdraw a referral"
    FOLLOW_UP = "settle a possible duplicate, arrange handover and first meeting, or tell whether somebody starts"
    CORRECT = "enter a referral in error"
    READ_ALIASES = "read which records are one person's"
    MERGE = "say that two records are one person's, or that they are not"


@dataclass(frozen=True, slots=True)
class Record:
    """A referral as access sees it: whose it is and who sent it."""

    tenant: UUID | None
    referrer_id: UUID | None = None


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


_OF_STAFF: Final = frozenset(
    {Deed.LIST, Deed.READ, Deed.FOLLOW, Deed.ANSWER, Deed.WITHDRAW, Deed.FOLLOW_UP, Deed.READ_ALIASES}
)
_OF_LEADERS: Final = _OF_STAFF | {Deed.IMPORT, Deed.CORRECT, Deed.READ_REPORT, Deed.MERGE}
_OF_REFERRERS: Final = frozenset(
    {Deed.SUBMIT, Deed.IMPORT, Deed.LIST, Deed.READ, Deed.READ_REPORT, Deed.FOLLOW, Deed.WITHDRAW}
)
_BY_ROLE: Final = {
    REFERRER: _OF_REFERRERS,
    LINK: frozenset({Deed.FOLLOW}),
    "coach": _OF_STAFF,
    "team_leader": _OF_LEADERS,
    "provider_manager": _OF_LEADERS,
}


def can(actor: Actor, deed: Deed, record: Record) -> bool:
    """Return whether an actor may: referrers with what they send, staff with what comes to their provider."""
    if deed not in _BY_ROLE.get(actor.role, ()):
        return False
    if actor.role in {REFERRER, LINK}:
        return record.referrer_id == actor.id
    return actor.tenant is not None and record.tenant == actor.tenant


def require(actor: Actor, deed: Deed) -> None:
    """Raise NotPermittedError when no referral at all is open to the actor's role for this deed."""
    if deed not in _BY_ROLE.get(actor.role, ()):
        message = f"a {actor.role} may not {deed}"
        raise NotPermittedError(message)


def may_withdraw_for(actor: Actor, by: WithdrawnBy) -> bool:
    """Return whether an actor may say that it is this one who takes a referral back."""
    own = WithdrawnBy.REFERRER if actor.role == REFERRER else WithdrawnBy.PROVIDER
    return by in {WithdrawnBy.PARTICIPANT, own}
