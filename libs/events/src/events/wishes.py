"""What limits a search for work while nobody has said it: one order, for whoever asks a person for the next of it."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Final


class MissingWish(StrEnum):
    """What a person has not said, in the order in which saying it helps most.

    How far, which contract and what pay are not among them: who leaves one open is shown all of them.
    """

    WORK = "work"
    PLACE = "place"
    CV = "cv"
    HOURS = "hours"


SAYS: Final[Mapping[MissingWish, frozenset[str]]] = {
    MissingWish.WORK: frozenset({"work"}),
    MissingWish.PLACE: frozenset({"town"}),
    MissingWish.CV: frozenset({"cv"}),
    MissingWish.HOURS: frozenset({"hours_least", "hours_most"}),
}
"""By which fields of a profile each is said: any one of them does. A CV is no field, and is named beside them."""


def limiting(said: Collection[str]) -> Iterator[MissingWish]:
    """Return what limits a search, what limits it most first, when these fields are said."""
    return (wish for wish, fields in SAYS.items() if fields.isdisjoint(said))
