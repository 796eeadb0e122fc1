"""Who may ask the keyring for what. Whoever is not listed gets nothing; analytics never will be."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final

from chassis.identity import SERVICE, Actor
from events.keyring import IndexKind
from events.sealed import KeyOf
from keyring.blind_index import IDENTITIES


class Action(StrEnum):
    """What can be asked."""

    SEAL = "seal"
    OPEN = "open"
    IDENTIFY = "identify"
    INDEX = "index"
    SEARCH = "search"
    ERASE = "erase"
    ROTATE = "rotate"


Kind = KeyOf | IndexKind | None
_Allowance = Mapping[Action, frozenset[Kind]]

_PARTICIPANT: Final[frozenset[Kind]] = frozenset({KeyOf.PARTICIPANT})
_ALL_WORDS: Final[frozenset[Kind]] = frozenset(IndexKind)
_SHARED_WORDS: Final[frozenset[Kind]] = _ALL_WORDS - IDENTITIES
_AS_A_WHOLE: Final[frozenset[Kind]] = frozenset({None})

ALLOWED: Final[Mapping[str, _Allowance]] = {
    "service:referrals": {
        Action.SEAL: _PARTICIPANT,
        Action.OPEN: _PARTICIPANT,
        Action.IDENTIFY: frozenset({IndexKind.NI_NUMBER}),
        Action.INDEX: _SHARED_WORDS,
        Action.SEARCH: _ALL_WORDS,
    },
    "service:caseload": {
        Action.SEAL: _PARTICIPANT,
        Action.OPEN: _PARTICIPANT,
        Action.SEARCH: _ALL_WORDS,
    },
    "service:jobsearch": {
        Action.SEAL: _PARTICIPANT,
        Action.OPEN: _PARTICIPANT,
    },
    "service:nudges": {
        Action.SEAL: _PARTICIPANT,
        Action.OPEN: _PARTICIPANT,
    },
    "operator": {
        Action.ERASE: _AS_A_WHOLE,
        Action.ROTATE: _AS_A_WHOLE,
    },
}


class NotAllowedError(PermissionError):
    """Who asks may not ask this."""


def can(actor: Actor, action: Action, kinds: AbstractSet[Kind]) -> bool:
    """Whether `actor` may do this with keys or words of all these kinds; for no kinds, whether with any at all."""
    name = str(actor) if actor.role == SERVICE else actor.role
    allowed = ALLOWED.get(name, {}).get(action, frozenset())
    return bool(allowed) and kinds <= allowed


def require(actor: Actor, action: Action, kinds: AbstractSet[Kind] = _AS_A_WHOLE) -> None:
    """Raise NotAllowedError unless `actor` can."""
    if not can(actor, action, kinds):
        message = f"You may not {action} this."
        raise NotAllowedError(message)
