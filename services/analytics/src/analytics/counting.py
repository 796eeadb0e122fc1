"""Counting journeys by programme, provider, team, coach and month, as each reader may see it. Pure functions."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from analytics.hiding import hidden_keys, is_small

Key = Hashable
PEOPLE: Final = "people"


class Dimension(StrEnum):
    """What numbers can be told apart by."""

    PROGRAMME = "programme"
    PROVIDER = "provider"
    TEAM = "team"
    COACH = "coach"
    COHORT = "cohort"


class Place(NamedTuple):
    """Where somebody is counted. The fields are those of Dimension, in order."""

    programme: UUID | None
    provider: UUID | None
    team: str | None
    coach: UUID | None
    cohort: date


FIELD: Final[Mapping[Dimension, int]] = {dimension: place for place, dimension in enumerate(Dimension)}
Where = Mapping[Dimension, Key]
Tally = Sequence[tuple[Place, int, int]]
"""How many people (the last number) are counted at a place with these bits."""
Counts = Mapping[str, int]
Cells = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which people, told apart by what, and whether small groups are hidden from who asks."""

    where: Where
    apart: Dimension | None
    hides: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One group with its numbers, None where a number is hidden. `key` is None for all together."""

    key: Key
    cells: Cells

    @property
    def hidden(self) -> bool:
        """Whether nothing of this group is shown."""
        return self.cells[PEOPLE] is None


@dataclass(frozen=True, slots=True)
class Table:
    """All that was asked for together, and the groups that it was told apart by."""

    total: Group
    groups: Sequence[Group]


def tallied(counted: Iterable[tuple[Place, int]]) -> Tally:
    """Return people who are counted alike as one line."""
    return [(place, reached, people) for (place, reached), people in Counter(counted).items()]


def matches(place: Place, where: Where) -> bool:
    """Whether somebody who is counted at a place is asked for."""
    return all(place[FIELD[dimension]] == key for dimension, key in where.items())


def table_of(tally: Tally, bits: Mapping[str, int], question: Question) -> Table:
    """Count, and leave out what has to be hidden."""
    total = summed(tally, bits, question.where, lambda _place: None).get(None, dict.fromkeys((PEOPLE, *bits), 0))
    hidden = _hidden(tally, bits, question.where) if question.hides else frozenset()
    if question.hides:
        hidden |= {name for name, count in total.items() if is_small(count)}
    shown = Group(None, _shown(total, hidden))
    return Table(shown, _groups(tally, bits, question, hidden) if question.apart else ())


def summed(tally: Tally, bits: Mapping[str, int], where: Where, key_of: Callable[[Place], Key]) -> dict[Key, Counts]:
    """Return the counts of everybody asked for, by key."""
    lines: dict[Key, list[tuple[int, int]]] = {}
    for place, reached, people in tally:
        if matches(place, where):
            lines.setdefault(key_of(place), []).append((reached, people))
    return {key: _counts(some, bits) for key, some in lines.items()}


def _counts(lines: Sequence[tuple[int, int]], bits: Mapping[str, int]) -> Counts:
    counts = {PEOPLE: sum(people for _, people in lines)}
    for name, bit in bits.items():
        counts[name] = sum(people for reached, people in lines if reached & bit)
    return counts


def _groups(tally: Tally, bits: Mapping[str, int], question: Question, hidden: frozenset[str]) -> list[Group]:
    assert question.apart
    field = FIELD[question.apart]
    found = summed(tally, bits, question.where, lambda place: place[field])
    cells = _hidden_cells(tally, bits, question, found) if question.hides else {}
    groups = [Group(key, _shown(counts, hidden | cells.get(key, frozenset()))) for key, counts in found.items()]
    return sorted(groups, key=lambda group: str(group.key))


def _hidden(tally: Tally, bits: Mapping[str, int], where: Where) -> frozenset[str]:
    """Return which numbers of one group are hidden, beside its neighbours along everything it is selected by."""
    found: frozenset[str] = frozenset()
    for dimension, key in where.items():
        rest = {other: its for other, its in where.items() if other != dimension}
        columns = summed(tally, bits, rest, lambda place, field=FIELD[dimension]: place[field])  # type: ignore[misc]
        found |= _hidden_in(columns).get(key, frozenset())
    return found


def _hidden_cells(
    tally: Tally, bits: Mapping[str, int], question: Question, found: Mapping[Key, Counts]
) -> dict[Key, frozenset[str]]:
    """Return which numbers of each group are hidden: beside the other groups, and beside its own neighbours."""
    cells = _hidden_in(found)
    assert question.apart
    field = FIELD[question.apart]
    for dimension, asked in question.where.items():
        rest = {other: its for other, its in question.where.items() if other != dimension}
        place_of = FIELD[dimension]
        both = summed(tally, bits, rest, lambda place, along=place_of: (place[field], place[along]))  # type: ignore[misc]
        for key in found:
            neighbours = {pair[1]: counts for pair, counts in both.items() if pair[0] == key}  # type: ignore[index]
            cells[key] = cells.get(key, frozenset()) | _hidden_in(neighbours).get(asked, frozenset())
    return cells


def _hidden_in(columns: Mapping[Key, Counts]) -> dict[Key, frozenset[str]]:
    """Return which numbers of each of some groups are hidden, of those groups whose total is shown."""
    hidden: dict[Key, set[str]] = {}
    gone = hidden_keys({key: counts[PEOPLE] for key, counts in columns.items()})
    for name in next(iter(columns.values()), {}):
        column = {key: counts[name] for key, counts in columns.items()}
        for key in gone | _beside(column, gone):
            hidden.setdefault(key, set()).add(name)
    return {key: frozenset(names) for key, names in hidden.items()}


def _beside(column: Mapping[Key, int], gone: frozenset[Key]) -> frozenset[Key]:
    """Return the cells to hide where those of some groups are hidden already, taken together as one cell."""
    if not gone:
        return hidden_keys(column)
    together = object()
    left = {key: count for key, count in column.items() if key not in gone}
    hidden = hidden_keys(left | {together: sum(column[key] for key in gone)})
    return hidden - {together}


def _shown(counts: Counts, hidden: frozenset[str]) -> Cells:
    if PEOPLE in hidden:
        return dict.fromkeys(counts)
    return {name: None if name in hidden else count for name, count in counts.items()}
