"""What is promised for referrals: one row for each promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, LiteralString
from uuid import UUID, uuid5

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import (
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
    standards_of,
)

FACTS: Final = (
    StandardPromised,
    StandardWarned,
    StandardBreached,
    StandardMet,
    StandardExcused,
    StandardExcuseTakenBack,
)


@dataclass
class ClockRow:
    """One promise; it runs until it is met or excused."""

    clock_id: UUID
    standards_id: UUID
    tenant: UUID | None
    standard: str
    warn_on: date
    due: date
    warned: bool = False
    breached: bool = False
    excused: bool = False
    met_on: date | None = None
    in_time: bool | None = None


def clock_touched(told: Told) -> UUID:
    """Return the promise that a fact is about."""
    assert isinstance(told.fact, FACTS)
    return uuid5(told.aggregate_id, told.fact.standard)


def fold_clock(row: ClockRow | None, told: Told) -> ClockRow:
    """Take a fact into its promise.

    Raises LookupError for what was never promised.
    """
    fact = told.fact
    if isinstance(fact, StandardPromised):
        key = clock_touched(told)
        return ClockRow(key, told.aggregate_id, told.tenant, fact.standard, fact.warn_on, fact.due)
    if row is None:
        message = "something became of a promise before it was made"
        raise LookupError(message)
    match fact:
        case StandardWarned():
            row.warned = True
        case StandardBreached():
            row.breached = True
        case StandardMet(on=on, in_time=in_time):
            row.met_on, row.in_time = on, in_time
        case StandardExcused():
            row.excused = True
        case StandardExcuseTakenBack():
            row.excused = False
    return row


RUNS: Final[LiteralString] = "met_on is null and not excused and not breached"
STANDARDS: Final = View(
    name="standards",
    facts=FACTS,
    tables=(
        Table(
            "standard_clock",
            ClockRow,
            clock_touched,
            fold_clock,
            indexes=(
                "standards_id",
                f"using btree (due) where {RUNS}",
                f"using btree (warn_on) where {RUNS} and not warned",
            ),
        ),
    ),
)


async def clocks_of(connection: Connection, referral_id: UUID) -> Sequence[ClockRow]:
    """Return what is promised for a referral, the earliest due first."""
    query = "select * from standard_clock where standards_id = %s order by due, standard"
    async with connection.cursor(row_factory=class_row(ClockRow)) as cursor:
        return await (await cursor.execute(query, [standards_of(referral_id)])).fetchall()
