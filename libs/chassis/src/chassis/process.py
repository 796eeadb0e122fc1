"""A service's process: one of its roles, from its settings until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, LiteralString, TypeVar

import uvloop
from pydantic import ValidationError

from chassis.database import migrate
from chassis.faults import in_a_sentence
from chassis.health import operators_app
from chassis.logs import start_logging
from chassis.recover import StoreBehindError, StoreDivergedError, require_whole
from chassis.serving import serve_app
from chassis.settings import ServiceSettings
from chassis.telemetry import flush_tracing, start_tracing
from events.catalogue import every_fact

STUBBORN_SECONDS: Final = 8.0

S = TypeVar("S", bound=ServiceSettings)
Work = Coroutine[Any, Any, None]
Roles = Mapping[str, Callable[[S], Work]]


def run_role(  # noqa: PLR0913
    name: str,
    settings_type: type[S],
    scripts: Sequence[LiteralString],
    roles: Roles[S],
    arguments: Sequence[str],
    *,
    without_kafka: bool = False,
) -> str | None:
    """Run the one role that `arguments` name until SIGTERM or SIGINT; `scripts` are run as the database's owner first.

    Nothing begins before the store is known to have every fact that Kafka carries of it, unless this service has to
    start `without_kafka`. Returns why the process could not start, in one line, None when it ended in good order.
    """
    if len(arguments) != 1 or arguments[0] not in roles:
        return f"{name}: choose one of {', '.join(roles)}"
    start_logging()
    try:
        settings = settings_type()
        if settings.owner_database:
            migrate(settings.owner_database, settings.database, scripts)
        start_tracing(name)
        # What a policy has never heard of waits for a newer release; what this one knows may stand in another's module.
        every_fact()
        role = roles[arguments[0]]
        work = role(settings) if without_kafka else _whole(name, settings, role)
        uvloop.run(_until_told(_watched(settings, work)))
    except (StoreBehindError, StoreDivergedError) as restored:
        return f"{name}: {restored}"
    except ValidationError as invalid:
        faults = (f"WAYMARK_{str(fault['loc'][0]).upper()}: {in_a_sentence(fault)}" for fault in invalid.errors())
        return f"{name}: {'; '.join(faults)}"
    finally:
        flush_tracing()
    return None


async def together(*parts: Work) -> None:
    """Run parts of a process until one of them fails, which ends them all."""
    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(part)


async def _whole(name: str, settings: S, role: Callable[[S], Work]) -> None:
    await require_whole(settings.database, name, settings.kafka, settings.topic_prefix)
    await role(settings)


async def _watched(settings: ServiceSettings, work: Work) -> None:
    """Let operators watch the work on a port of their own, if they have one."""
    if not settings.metrics_port:
        return await work
    serving = asyncio.ensure_future(serve_app(operators_app(), settings.host, settings.metrics_port))
    working = asyncio.ensure_future(work)
    try:
        ended, _ = await asyncio.wait((working, serving), return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in (working, serving):
            task.cancel()
        await asyncio.wait((working, serving))
    return None


async def _until_told(work: Work) -> None:
    running = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _stop, running)
    with suppress(asyncio.CancelledError):
        await running


def _stop(running: "asyncio.Future[None]") -> None:
    running.cancel()
    asyncio.get_running_loop().call_later(STUBBORN_SECONDS, _cancel_what_is_left)


def _cancel_what_is_left() -> None:
    # A library that is just closing something may swallow a cancellation; the task would then run for ever.
    for task in asyncio.all_tasks():
        task.cancel()
    asyncio.get_running_loop().call_later(STUBBORN_SECONDS, _cancel_what_is_left)
