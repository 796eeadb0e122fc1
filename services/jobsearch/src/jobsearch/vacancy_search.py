"""A search of the market as a person makes it: what each hit has of what they asked for, and how to find more."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from chassis.database import Connection
from events.jobsearch import PayPeriod
from jobsearch.views.search import BEGIN_MARK, END_MARK, Criteria, Match, count, queries_of, search, spoken_of
from jobsearch.views.vacancies import VacancyRow, find_vacancies
from jobsearch.wording import Phrase, phrases_of, synonyms

PAGE = 20
_MARKED = re.compile(f"{BEGIN_MARK}([^{END_MARK}]*){END_MARK}")
_APART = re.compile(f"{END_MARK}(\\s+){BEGIN_MARK}")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a vacancy was found: the person's words, the vacancy's words that they met, and in which field."""

    asked: str
    met: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The one respect in which a vacancy is not as asked, by a short name and in words."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A vacancy that was found, at its rank from 1."""

    rank: int
    row: VacancyRow
    miles: float | None
    reasons: tuple[Reason, ...]
    mismatch: Mismatch | None


@dataclass(frozen=True, slots=True)
class Widening:
    """What to ask for instead, and how many vacancies that finds; `miles` is how far that goes, None for anywhere."""

    relaxed: str
    says: str
    vacancies: int
    miles: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search; `widenings` only where there is nothing."""

    total: int = 0
    fitting: int = 0
    hits: tuple[Hit, ...] = ()
    widenings: tuple[Widening, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A person's phrases with their text queries; words that say nothing are left out."""

    phrases: tuple[Phrase, ...] = ()
    queries: tuple[str, ...] = field(default=())

    @property
    def all(self) -> str:
        """What speaks of every phrase."""
        return " & ".join(f"({query})" for query in self.queries)

    @property
    def any(self) -> str:
        """What speaks of one phrase at least."""
        return " | ".join(f"({query})" for query in self.queries)


async def worded(connection: Connection, words: str) -> Wording:
    """Return a person's words ready to search."""
    phrases = phrases_of(words, synonyms())
    queries = await queries_of(connection, [phrase.called for phrase in phrases])
    told = [(phrase, query) for phrase, query in zip(phrases, queries, strict=True) if query]
    return Wording(tuple(phrase for phrase, _ in told), tuple(query for _, query in told))


async def find(connection: Connection, criteria: Criteria, wording: Wording, page: int = 1) -> Found:
    """Return a page of what is found, with reasons; on the first page of nothing, how to widen.

    Every phrase has to be spoken of, unless the criteria have a query already.
    """
    criteria = replace(criteria, query=criteria.query or wording.all)
    offset = (page - 1) * PAGE
    matches = await search(connection, criteria, PAGE, offset)
    if not matches and page > 1:
        first = await search(connection, criteria, 1)
        return Found(first[0].total, first[0].fitting) if first else Found()
    if not matches:
        return Found(widenings=tuple([one async for one in _widened(connection, criteria, wording)]))
    ids = [match.vacancy_id for match in matches]
    rows = await find_vacancies(connection, ids)
    reasons = await _reasons(connection, ids, wording)
    hits = [
        Hit(rank, rows[match.vacancy_id], match.miles, reasons[match.vacancy_id], mismatch_of(criteria, match, rows))
        for rank, match in enumerate(matches, offset + 1)
    ]
    return Found(matches[0].total, matches[0].fitting, tuple(hits))


def mismatch_of(criteria: Criteria, match: Match, rows: Mapping[UUID, VacancyRow]) -> Mismatch | None:
    """Return the one respect in which a vacancy is not as asked, None when it fits."""
    row = rows[match.vacancy_id]
    if match.too_far:
        return Mismatch("too_far", f"{match.miles or 0:.0f} miles away, asked for at most {criteria.miles}")
    if match.too_little:
        return _paid_less(criteria, row)
    if match.other_hours:
        return _other_hours(criteria, row)
    return None


def relaxed(criteria: Criteria, wording: Wording) -> Iterator[tuple[str, str, Criteria]]:
    """Return what could be asked for instead, one thing at a time: its name, how it is said, and the search."""
    if len(wording.queries) > 1:
        yield "words", "with any of the words instead of all", replace(criteria, query=wording.any)
    if criteria.miles is not None:
        miles = max(2 * criteria.miles, 5)
        yield "miles", f"within {miles} miles", replace(criteria, miles=miles)
        anywhere = replace(criteria, miles=None, latitude=None, longitude=None)
        yield "place", "anywhere in the United Kingdom", anywhere
    if criteria.pay_least is not None:
        yield "pay", "whatever it pays", replace(criteria, pay_least=None)
    if criteria.hours_least is not None or criteria.hours_most is not None:
        yield "hours", "with other hours", replace(criteria, hours_least=None, hours_most=None)
    if criteria.contracts:
        yield "contracts", "with any contract", replace(criteria, contracts=())
    if criteria.part_time:
        yield "part_time", "full-time too", replace(criteria, part_time=False)


async def _widened(connection: Connection, criteria: Criteria, wording: Wording) -> AsyncIterator[Widening]:
    for name, says, wider in relaxed(criteria, wording):
        if vacancies := await count(connection, wider):
            yield Widening(name, says, vacancies, wider.miles)


async def _reasons(connection: Connection, ids: Sequence[UUID], wording: Wording) -> Mapping[UUID, tuple[Reason, ...]]:
    reasons: dict[UUID, tuple[Reason, ...]] = defaultdict(tuple)
    if not wording.queries:
        return reasons
    for id_, number, where, marked in await spoken_of(connection, ids, wording.queries):
        reasons[id_] += (Reason(wording.phrases[number - 1].said, _met(marked), where),)
    return reasons


def _met(marked: str) -> tuple[str, ...]:
    """Return the marked words, those beside each other together, each once."""
    return tuple(dict.fromkeys(_MARKED.findall(_APART.sub(r"\1", marked))))


def _paid_less(criteria: Criteria, row: VacancyRow) -> Mismatch:
    by_hour = criteria.pay_period is PayPeriod.HOUR
    paid = row.most_an_hour if by_hour else row.most_a_year
    if paid is None:
        return Mismatch("pay_not_given", f"Pay not given: {row.pay_text}" if row.pay_text else "Pay not given")
    time = "an hour" if by_hour else "a year"
    return Mismatch("pay_lower", f"pays at most £{paid:,.2f} {time}, less than asked for".replace(".00 ", " "))


def _other_hours(criteria: Criteria, row: VacancyRow) -> Mismatch:
    if row.hours_least is None:
        return Mismatch("hours_not_given", "Hours not given" if row.part_time is not False else "full-time")
    least, most = f"{row.hours_least:g}", f"{row.hours_most:g}"
    asked = f"{criteria.hours_least or 0:g} to {criteria.hours_most or 168:g}"
    return Mismatch("other_hours", f"{least if least == most else f'{least} to {most}'} hours, asked for {asked}")
