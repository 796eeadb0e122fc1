"""`waymark recover`: after a restore from an older backup, copy back from Kafka what a service's store lacks."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Final

import typer
from aiokafka.errors import KafkaError
from rich.console import Console

from chassis.database import prepare_database
from chassis.recover import Recovered, ServiceRunsError, StoreDivergedError, recover
from waymark.local import record, state, supervisor
from waymark.local.environment import SERVICES
from waymark.local.failure import PlatformFailure
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

STORES: Final = {name: "keyring-postgres" if name == "keyring" else "postgres" for name in SERVICES}

commands = typer.Typer()
console = Console(highlight=False)


@commands.command("recover")
def ask(service: Annotated[str, typer.Argument(metavar="SERVICE", help=f"One of {', '.join(STORES)}.")]) -> None:
    """Copy back the facts that a restored store lacks, with the answers and claims of their commands. Stop it first."""
    if service not in STORES:
        message = f"no service is called {service}; there are {', '.join(STORES)}."
        raise PlatformFailure(message)
    with _stores(service) as (database, kafka), console.status("Reading what Kafka carries"):
        done = brought_back(service, database, kafka, os.environ.get("WAYMARK_TOPIC_PREFIX", ""))
    console.print(f"{done.facts} facts and the answers of {done.commands} commands came back.")


def brought_back(service: str, database: str, kafka: str, topic_prefix: str) -> Recovered:
    """Recover a service's store from Kafka. Raises PlatformFailure when it runs, or took commands since the restore."""
    try:
        return asyncio.run(recover(database, service, kafka, topic_prefix))
    except (ServiceRunsError, StoreDivergedError) as refused:
        message = f"{refused}."
        raise PlatformFailure(message) from refused
    except KafkaError as away:
        message = f"Kafka does not answer at {kafka} ({type(away).__name__}): see `make status`."
        raise PlatformFailure(message) from away


@contextmanager
def _stores(service: str) -> Iterator[tuple[str, str]]:
    """Yield where the service's database and Kafka are: those that run, else those of the state folder, started."""
    last = record.read()
    if last and last.addresses and last.supervisor.find():
        yield last.addresses.databases[service], f"127.0.0.1:{last.addresses.ports['kafka']}"
        return
    state.open_folder()
    with supervisor.only_one(), ExitStack() as stack:
        postgres, kafka = Postgres(state.FOLDER / STORES[service]), Kafka(state.FOLDER / "kafka")
        for program in (postgres, kafka):
            stack.callback(program.stop)
            program.start()
        _, application = prepare_database(postgres.dsn(), service)
        yield application, kafka.bootstrap
