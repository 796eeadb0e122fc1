"""The peer of http_command: the library's Application in `def` endpoints, behind the chassis's own edge.

The token check and the server span are the same code; row-level security holds by a setting of its connections, and
an idempotency key is one insert of its own, since the stock recorder cannot take it into its transaction.
"""

import os
from typing import Annotated
from uuid import UUID

import anyio.to_thread
import psycopg
import uvloop
from fastapi import APIRouter, Depends, Response
from psycopg_pool import ConnectionPool

from bench.stock import StockCase, stock_application
from caseload.api import NewContact
from chassis.ask import Ask
from chassis.http import CurrentActor, ask, serve, service_app
from chassis.identity import Verifier
from chassis.settings import ServiceSettings

THREADS = 16
SECURE = """
create table if not exists command (key text primary key, fingerprint bytea not null);
alter table stockcase_events enable row level security;
alter table stockcase_events force row level security;
drop policy if exists tenant_only on stockcase_events;
create policy tenant_only on stockcase_events using ((select current_setting('waymark.tenant', true)) = '*');
"""


def routes(dsn: str) -> APIRouter:
    """Return the one route."""
    library = stock_application(f"{dsn} options='-c waymark.tenant=*'", THREADS + 1)
    commands = ConnectionPool(dsn, min_size=THREADS, max_size=THREADS, kwargs={"autocommit": True}, open=True)
    router = APIRouter()

    @router.post("/cases/{case_id}/contacts", status_code=201)
    def record_contact(
        case_id: UUID, body: NewContact, actor: CurrentActor, asked: Annotated[Ask, Depends(ask)], response: Response
    ) -> dict[str, int]:
        case: StockCase = library.repository.get(case_id)
        case.record_contact(body.channel, actor.id)
        with commands.connection() as connection:
            connection.execute("insert into command values (%s, %s)", (asked.key, asked.fingerprint))
        library.save(case)
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
    uvloop.run(main())
