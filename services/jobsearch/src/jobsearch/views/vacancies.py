"""Vacancies of the market as they read today, those that left it too, with what they are found by."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.envelope import MARKET
from events.jobsearch import PayPeriod, Vacancy, VacancyImported, VacancyRevised, VacancyWithdrawn

WEEKS_A_YEAR: Final = 52
FULL_TIME_HOURS: Final = 37.5
TIMES_A_YEAR: Final = {PayPeriod.YEAR: 1, PayPeriod.MONTH: 12, PayPeriod.WEEK: WEEKS_A_YEAR, PayPeriod.DAY: 260}


@dataclass
class VacancyRow:
    """A vacancy. `words` is all its text; pay by the year and by the hour is there to compare, see `comparable_pay`."""

    vacancy_id: UUID
    first_seen: datetime
    version: int = 0
    live: bool = True
    source: str = ""
    title: str = ""
    employer: str | None = None
    category: str | None = None
    description: str | None = None
    place: str | None = None
    region: str | None = None
    town: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    abroad: bool = False
    contract: str | None = None
    part_time: bool | None = None
    hours_least: float | None = None
    hours_most: float | None = None
    pay_least: float | None = None
    pay_most: float | None = None
    pay_period: str | None = None
    pay_text: str | None = None
    link: str | None = None
    posted_on: date | None = None
    closes_on: date | None = None
    least_a_year: float | None = None
    most_a_year: float | None = None
    least_an_hour: float | None = None
    most_an_hour: float | None = None
    words: str = ""


def vacancy_touched(told: Told) -> UUID:
    """Return the vacancy that a fact is about."""
    return told.aggregate_id


def fold_vacancy(row: VacancyRow | None, told: Told) -> VacancyRow:
    """Take a fact into its vacancy.

    Raises LookupError for a vacancy that left before it came.
    """
    match told.fact:
        case VacancyImported(vacancy=vacancy) | VacancyRevised(vacancy=vacancy):
            row = _reading(row or VacancyRow(told.aggregate_id, told.fact.occurred_at), vacancy)
        case _ if row is None:
            message = "a vacancy left the market before it came"
            raise LookupError(message)
        case VacancyWithdrawn():
            row.live = False
    row.version = told.version
    return row


def comparable_pay(
    pay: float | None, period: PayPeriod | None, hours: float | None, *, part_time: bool | None
) -> tuple[float | None, float | None]:
    """Return a pay by the year and by the hour, None where that is not certain.

    A job of unknown hours that is not part-time is taken for full-time; of a part-time one, only the pay in the kind of
    time that it is given for can be compared. Yearly pay of a part-time job is often that of a full-time one, so it is
    compared by the hour only where its hours are known.
    """
    if pay is None or period is None:
        return None, None
    hours = hours or (None if part_time else FULL_TIME_HOURS)
    if period is PayPeriod.HOUR:
        return (pay * hours * WEEKS_A_YEAR if hours else None), pay
    a_year = pay * TIMES_A_YEAR[period]
    return a_year, (a_year / WEEKS_A_YEAR / hours if hours else None)


def _reading(row: VacancyRow, vacancy: Vacancy) -> VacancyRow:
    """Return a row that reads as a vacancy does now."""
    plain = vacancy.model_dump()
    plain["abroad"] = bool(vacancy.abroad)
    about = (vacancy.title, vacancy.employer, vacancy.category, vacancy.description)
    period, part_time = vacancy.pay_period, vacancy.part_time
    least = comparable_pay(vacancy.pay_least, period, vacancy.hours_least, part_time=part_time)
    most = comparable_pay(vacancy.pay_most or vacancy.pay_least, period, vacancy.hours_most, part_time=part_time)
    return VacancyRow(
        vacancy_id=row.vacancy_id,
        first_seen=row.first_seen,
        least_a_year=least[0],
        least_an_hour=least[1],
        most_a_year=most[0],
        most_an_hour=most[1],
        words="\n".join(filter(None, about)),
        **plain,
    )


VACANCIES: Final = View(
    name="vacancies",
    facts=(VacancyImported, VacancyRevised, VacancyWithdrawn),
    tables=(
        Table(
            "vacancy",
            VacancyRow,
            vacancy_touched,
            fold_vacancy,
            indexes=(
                "using gin (searched_words) with (fastupdate = off) where live",
                "latitude",
            ),
            generated=(
                "searched_words tsvector generated always as (to_tsvector('english', words)) stored",
                "searched_title tsvector generated always as (to_tsvector('english', title)) stored",
            ),
        ),
    ),
    topic=MARKET,
)


async def find_vacancies(connection: Connection, ids: list[UUID]) -> dict[UUID, VacancyRow]:
    """Return vacancies by id, those that left the market too."""
    columns = sql.SQL(", ").join(map(sql.Identifier, VACANCIES.tables[0].columns))
    query = sql.SQL("select {} from vacancy where vacancy_id = any(%s)").format(columns)
    async with connection.cursor(row_factory=class_row(VacancyRow)) as cursor:
        rows = await (await cursor.execute(query, [ids])).fetchall()
    return {row.vacancy_id: row for row in rows}
