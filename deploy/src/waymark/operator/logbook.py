"""`waymark log`: the facts of one participant or one aggregate, from the store of every service."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from psycopg import OperationalError, connect
from psycopg.conninfo import make_conninfo
from rich.console import Console

from waymark.local import record
from waymark.local.environment import SILENT
from waymark.local.failure import PlatformFailure

FACTS: Final = """
select recorded_at, occurred_at, topic, state, originator_id, originator_version, notification_id, actor, traceparent
from stored_events where subject = %(id)s or originator_id = %(id)s order by notification_id
"""
SEALED: Final = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}sealed\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
WORDS: Final = re.compile(r"[A-Z][a-z]*")

commands = typer.Typer()


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored fact: `fields` as they can be shown, sealed ones as SEALED."""

    service: str
    recorded_at: datetime
    occurred_at: datetime
    title: str
    fields: Mapping[str, str]
    fact_id: str
    position: int
    actor: str
    trace_id: str


@commands.command("log")
def show(
    id: Annotated[UUID, typer.Argument(metavar="ID", help="Of a participant, a referral, a case…")],  # noqa: A002
) -> None:
    """Show the facts of a participant, or of one referral or case, in the order in which they were learned."""
    entries = facts_of(id, record.addresses().databases)
    if not entries:
        message = f"no service knows a fact of {id}."
        raise PlatformFailure(message)
    console = Console(highlight=False)
    for entry in entries:
        console.print(f"[cyan]{entry.recorded_at:%Y-%m-%d %H:%M:%S}[/cyan] [bold]{entry.title}[/bold]", soft_wrap=True)
        for line in _lines(entry):
            console.print(f"    {line}", markup=False, soft_wrap=True)


def facts_of(id: UUID, databases: Mapping[str, str]) -> list[Entry]:  # noqa: A002
    """Return the facts of a participant or an aggregate from databases by service, by when they were recorded.

    Raises PlatformFailure when a database does not answer.
    """
    telling = {service: database for service, database in databases.items() if service not in SILENT}
    entries = [entry for service, database in telling.items() for entry in _read(service, database, id)]
    return sorted(entries, key=lambda entry: (entry.recorded_at, entry.service, entry.position))


def shown(value: Any) -> str:
    """Return a field's value as an operator may read it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return SEALED if "sealed:1:" in text else text


def _read(service: str, database: str, id: UUID) -> Iterable[Entry]:  # noqa: A002
    try:
        with connect(make_conninfo(database, options="-c waymark.tenant=*")) as connection:
            rows = connection.execute(FACTS, {"id": id}).fetchall()
    except OperationalError as away:
        message = f"the database of {service} does not answer: see `make status`."
        raise PlatformFailure(message) from away
    return [_entry(service, row) for row in rows]


def _entry(service: str, row: tuple[Any, ...]) -> Entry:
    recorded, occurred, type_name, state, aggregate, version, position, actor, traceparent = row
    fields = {name: shown(value) for name, value in json.loads(state).items() if name != "occurred_at"}
    fact_id = f"{aggregate}:{version}"
    return Entry(service, recorded, occurred, _title(type_name), fields, fact_id, position, actor, traceparent[3:35])


def _title(type_name: str) -> str:
    """Return `Referral accepted` for waymark.referrals.ReferralAccepted.v1."""
    return " ".join(WORDS.findall(type_name.split(".")[-2])).capitalize()


def _lines(entry: Entry) -> Iterator[str]:
    yield f"{entry.service} {entry.position}, fact {entry.fact_id}, by {entry.actor}"
    if entry.occurred_at != entry.recorded_at:
        yield f"happened {entry.occurred_at:%Y-%m-%d %H:%M:%S}"
    for name, value in entry.fields.items():
        yield f"{name.replace('_', ' ')}: {value}"
    if entry.trace_id:
        yield f"trace {entry.trace_id}"
