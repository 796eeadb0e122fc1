"""The peer of http_command: the library's Application in `def` endpoints, behind the chassis's own edge.

The token check and the server span are the same code; row-level security holds by a setting of its connections, and
an idempotency key is inserted where the stock recorder lets one insert more: in the transaction of the events.
"""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import anyio.to_thread
import psycopg
import uvloop
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from fastapi import APIRouter, HTTPException, Response
from psycopg import Cursor
from psycopg.rows import DictRow

from bench.stock import StockCase, stock_application
from caseload.routes.case import CoachAssignment
from chassis.http import CurrentAsk, ExpectedVersion, serve, service_app
from chassis.identity import Verifier
from chassis.settings import ServiceSettings
from chassis.telemetry import flush_tracing, start_tracing

THREADS = 16
SECURE = """
create table if not exists command (key text primary key, fingerprint bytea not null);
alter table application_events enable row level security;
alter table application_events force row level security;
drop policy if exists tenant_only on application_events;
create policy tenant_only on application_events using ((select current_setting('waymark.tenant', true)) = '*');
"""


class KeyedRecorder(PostgresApplicationRecorder):
    """The library's recorder, which records an idempotency key with the events."""

    def _insert_events(self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **saved: Any) -> None:
        super()._insert_events(curs, stored_events, **saved)
        curs.execute("insert into command values (%s, %s)", saved["command"])


def routes(dsn: str) -> APIRouter:
    """Return the one route."""
    library = stock_application(dsn, THREADS + 1, APPLICATION_RECORDER_TOPIC="bench.stock_service:KeyedRecorder")
    router = APIRouter()

    @router.post("/cases/{case_id}/coach")
    def assign_coach(
        case_id: UUID, body: CoachAssignment, expected: ExpectedVersion, asked: CurrentAsk, response: Response
    ) -> dict[str, int]:
        case: StockCase = library.repository.get(case_id)
        if case.version != expected:
            raise HTTPException(412)
        case.assign_coach(body.coach_id)
        library.save(case, command=(asked.key, asked.fingerprint))
        response.headers["ETag"] = f'"{case.version}"'
        return {"version": case.version}

    return router


async def main() -> None:
    """Serve until terminated."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    settings = ServiceSettings()
    dsn = os.environ["STOCK_DATABASE"]
    app = service_app(
        "Stock", "The peer", [routes(dsn)], settings, Verifier(settings.jwks, settings.issuer, "caseload")
    )
    await serve(app, settings)


if __name__ == "__main__":
    with psycopg.connect(os.environ["STOCK_DATABASE"], autocommit=True) as connection:
        connection.execute(SECURE)
    start_tracing("stock")
    try:
        uvloop.run(main())
    finally:
        flush_tracing()
