"""Searching the live vacancies by text, distance, pay and hours; those that miss a little in one respect come last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from chassis.database import Connection
from events.jobsearch import Contract, PayPeriod
from jobsearch.views.vacancies import TIMES_A_YEAR

RANKER: Final = "fit-title-near-new.1"
"""The version of the order that HITS gives: change one, change the other."""
FURTHER: Final = 1.25
LESS_PAY: Final = 0.9
OTHER_HOURS: Final = 4
MILES_OF_A_DEGREE: Final = 69


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; `query` is a text query of PostgreSQL. Who asks for a place gives `miles` too.

    What is `known` already is not found.
    """

    today: date
    query: str = ""
    latitude: float | None = None
    longitude: float | None = None
    miles: int | None = None
    pay_least: float | None = None
    pay_period: PayPeriod = PayPeriod.YEAR
    hours_least: float | None = None
    hours_most: float | None = None
    contracts: tuple[Contract, ...] = ()
    part_time: bool = False
    known: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """A vacancy that was found, with at most one respect in which it misses what was asked for."""

    vacancy_id: UUID
    miles: float | None
    too_far: bool
    too_little: bool
    other_hours: bool
    total: int
    fitting: int


MATCHES: Final = """
from vacancy v cross join lateral (select {miles} as miles) d
cross join lateral (select {too_far} as too_far, {too_little} as too_little, {other_hours} as other_hours) f
where {conditions} and too_far::int + too_little::int + other_hours::int <= 1
"""
HITS: Final = """
select vacancy_id, miles, too_far, too_little, other_hours, count(*) over () as total,
    count(*) filter (where not (too_far or too_little or other_hours)) over () as fitting
{matches}
order by too_far or too_little or other_hours, {in_title} desc, miles nulls last,
    coalesce(posted_on, first_seen::date) desc, vacancy_id
limit %(limit)s offset %(offset)s
"""
IN_TITLE: Final = "searched_title @@ %(query)s::tsquery"
IN_WORDS: Final = "searched_words @@ %(query)s::tsquery"
COUNT: Final = "select count(*) {matches}"
MILES: Final = """
7917.6 * asin(least(1, sqrt(
    power(sin(radians(v.latitude - %(latitude)s::float8) / 2), 2) + cos(radians(%(latitude)s::float8))
    * cos(radians(v.latitude)) * power(sin(radians(v.longitude - %(longitude)s::float8) / 2), 2))))
"""
HOURS: Final = """
coalesce(hours_most, case when not part_time then 40 end) >= %(hours_least)s::float8 - {slack}
and coalesce(hours_least, case when not part_time then 35 end) <= %(hours_most)s::float8 + {slack}
"""
QUERIES: Final = "select array[{queries}]"
ALTERNATIVE: Final = "phraseto_tsquery('english', %s)"
SPOKEN_OF: Final = """
select v.vacancy_id, g.number, place.name, ts_headline('english', place.text, g.query::tsquery, %(options)s)
from vacancy v
cross join unnest(%(queries)s::text[]) with ordinality g (query, number)
cross join lateral (
    select * from (values (1, 'title', title), (2, 'category', category), (3, 'employer', employer),
        (4, 'description', description)) t (preference, name, text)
    where to_tsvector('english', text) @@ g.query::tsquery order by preference limit 1
) place
where v.vacancy_id = any(%(ids)s) order by g.number
"""
BEGIN_MARK, END_MARK = "\u27e6", "\u27e7"
OPTIONS: Final = f"StartSel={BEGIN_MARK}, StopSel={END_MARK}, MaxWords=18, MinWords=6"


async def queries_of(connection: Connection, phrases: Sequence[Sequence[str]]) -> list[str]:
    """Return each phrase, told in several ways, as a text query; an empty one for words that say nothing, as `the`."""
    if not phrases:
        return []
    one = [sql.SQL("({})::text").format(sql.SQL(" || ").join([sql.SQL(ALTERNATIVE)] * len(ways))) for ways in phrases]
    query = sql.SQL(QUERIES).format(queries=sql.SQL(", ").join(one))
    row = await (await connection.execute(query, [way for ways in phrases for way in ways])).fetchone()
    assert row
    return list(row[0])


async def search(connection: Connection, criteria: Criteria, limit: int, offset: int = 0) -> list[Match]:
    """Return live vacancies in the order of RANKER, how many there are in all, and how many fit wholly."""
    in_title = sql.SQL(IN_TITLE if criteria.query else "live")
    query = sql.SQL(HITS).format(matches=_matches(criteria), in_title=in_title)
    async with connection.cursor(row_factory=class_row(Match)) as cursor:
        arguments = _arguments(criteria) | {"limit": limit, "offset": offset}
        return await (await cursor.execute(query, arguments, prepare=False)).fetchall()


async def count(connection: Connection, criteria: Criteria) -> int:
    """Return how many vacancies a search would find."""
    query = sql.SQL(COUNT).format(matches=_matches(criteria))
    row = await (await connection.execute(query, _arguments(criteria), prepare=False)).fetchone()
    assert row
    return int(row[0])


async def spoken_of(
    connection: Connection, ids: Sequence[UUID], queries: Sequence[str]
) -> list[tuple[UUID, int, str, str]]:
    """Return where vacancies speak of queries: vacancy, number of the query from 1, field, its words with marks."""
    arguments = {"ids": list(ids), "queries": list(queries), "options": OPTIONS}
    rows = await (await connection.execute(SPOKEN_OF, arguments)).fetchall()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _matches(criteria: Criteria) -> sql.Composed:
    place, pay = criteria.miles is not None, criteria.pay_least is not None
    hours = criteria.hours_least is not None or criteria.hours_most is not None
    paid = "most_an_hour" if criteria.pay_period is PayPeriod.HOUR else "most_a_year"
    told: dict[str, LiteralString] = {
        "miles": MILES if place else "null::float8",
        "too_far": "coalesce(miles > %(miles)s, true)" if place else "false",
        "too_little": f"coalesce({paid} < %(pay)s, true)" if pay else "false",
        "other_hours": f"coalesce(not ({HOURS.format(slack=0)}), true)" if hours else "false",
    }
    conditions: list[LiteralString] = ["live", "not abroad", "(closes_on is null or closes_on >= %(today)s)"]
    conditions += [IN_WORDS] if criteria.query else []
    conditions += ["latitude between %(south)s and %(north)s", "miles <= %(furthest)s"] if place else []
    conditions += [f"coalesce({paid} >= %(almost)s, true)"] if pay else []
    conditions += [f"coalesce({HOURS.format(slack=OTHER_HOURS)}, true)"] if hours else []
    conditions += ["contract = any(%(contracts)s)"] if criteria.contracts else []
    conditions += ["part_time"] if criteria.part_time else []
    conditions += ["v.vacancy_id <> all(%(known)s)"] if criteria.known else []
    parts = {name: sql.SQL(text) for name, text in (told | {"conditions": " and ".join(conditions)}).items()}
    return sql.SQL(MATCHES).format(**parts)


def _arguments(criteria: Criteria) -> dict[str, Any]:
    pay, miles = criteria.pay_least, criteria.miles
    asked = None if pay is None else pay * TIMES_A_YEAR.get(criteria.pay_period, 1)
    furthest = None if miles is None else miles * FURTHER
    degrees = (furthest or 0) / MILES_OF_A_DEGREE
    return {
        "today": criteria.today,
        "query": criteria.query,
        "latitude": criteria.latitude,
        "longitude": criteria.longitude,
        "south": (criteria.latitude or 0) - degrees,
        "north": (criteria.latitude or 0) + degrees,
        "miles": miles,
        "furthest": furthest,
        "pay": asked,
        "almost": None if asked is None else asked * LESS_PAY,
        "hours_least": criteria.hours_least or 0,
        "hours_most": criteria.hours_most or 168,
        "contracts": list(criteria.contracts),
        "known": list(criteria.known),
    }
