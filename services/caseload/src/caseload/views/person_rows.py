"""Rows that belong to one person with one provider: their key, and what folds into them have in common."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID, uuid5

from caseload.standing import Json
from chassis.listen.told import Told
from events.fact import Fact
from events.referrals import ReferralSubmitted
from events.sealed import Sealed

R = TypeVar("R")
Folds = Mapping[type[Fact], Callable[[R, Any, Told], None]]

REMEMBERED: Final = 16_384


@lru_cache(maxsize=REMEMBERED)
def file_of(participant: UUID, tenant: UUID) -> UUID:
    """Return the id of what a provider has about a participant."""
    return uuid5(participant, f"with {tenant}")


def person_touched(told: Told, folds: Folds[Any]) -> UUID | None:
    """Return the row that a fact touches: that of its person with its provider, None for a fact that is not folded."""
    if told.tenant is None or type(told.fact) not in folds:
        return None
    return file_of(told.subject, told.tenant)


def called(fact: ReferralSubmitted) -> Sealed:
    """Return the name that a person goes by."""
    return fact.preferred_name or fact.name


def noted(told: Told) -> Json:
    """Return which fact it was and when it happened."""
    return {"fact": told.id, "at": instant(told.fact.occurred_at)}


def instant(moment: datetime) -> str:
    """Return a moment as rows keep it: in one form, so that texts are in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def later(one: Json | None, other: Json) -> Json:
    """Return the later of two that were noted; at one moment the fact's id decides."""
    return other if one is None or _order(one) < _order(other) else one


class Active(Protocol):
    """A row that knows what the person did last, and what before that: the last may have been a mistake."""

    active: Json | None
    active_before: Json | None


def be_active(row: Active, did: Json) -> None:
    """Note what the person did."""
    if later(row.active, did) is did:
        row.active_before, row.active = row.active, did


def be_inactive(row: Active, fact: str) -> None:
    """Note that the person did not do what a fact told, if that was the last that they did."""
    if row.active and row.active["fact"] == fact:
        row.active = row.active_before


def _order(noted: Json) -> tuple[str, str]:
    return noted["at"], noted["fact"]


def shortened(some: dict[str, Json], most: int, moment: Callable[[Json], str]) -> dict[str, Json]:
    """Return the latest few of what is kept by id."""
    if len(some) <= most:
        return some
    latest = sorted(some, key=lambda id_: (moment(some[id_]), id_))[-most:]
    return {id_: some[id_] for id_ in latest}
