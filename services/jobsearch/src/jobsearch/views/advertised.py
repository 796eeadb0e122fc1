"""The vacancies of the market as an application needs them: what to call one, and whether it is still there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.envelope import MARKET
from events.jobsearch import VacancyImported, VacancyRevised, VacancyWithdrawn


@dataclass
class AdvertisedRow:
    """A vacancy; `withdrawn_at` is when it left the market, None while it is there."""

    vacancy_id: UUID
    title: str
    employer: str | None
    link: str | None
    closes_on: date | None
    withdrawn_at: datetime | None = None


def vacancy_touched(told: Told) -> UUID:
    """Return the vacancy."""
    return told.aggregate_id


def fold_advertised(row: AdvertisedRow | None, told: Told) -> AdvertisedRow:
    """Take a fact of a vacancy into its row.

    Raises LookupError for a vacancy that left before it came.
    """
    match told.fact:
        case VacancyImported(vacancy=vacancy) | VacancyRevised(vacancy=vacancy):
            return AdvertisedRow(told.aggregate_id, vacancy.title, vacancy.employer, vacancy.link, vacancy.closes_on)
    if row is None:
        message = "a vacancy left the market before it came"
        raise LookupError(message)
    row.withdrawn_at = told.fact.occurred_at
    return row


ADVERTISED: Final = View(
    name="advertised",
    facts=(VacancyImported, VacancyRevised, VacancyWithdrawn),
    tables=(Table("advertised", AdvertisedRow, vacancy_touched, fold_advertised),),
    topic=MARKET,
)


async def advertised(connection: Connection, vacancies: Sequence[UUID]) -> dict[UUID, AdvertisedRow]:
    """Return what is known of some vacancies, by id."""
    async with connection.cursor(row_factory=class_row(AdvertisedRow)) as cursor:
        await cursor.execute("select * from advertised where vacancy_id = any(%s)", [list(vacancies)])
        return {row.vacancy_id: row for row in await cursor.fetchall()}
