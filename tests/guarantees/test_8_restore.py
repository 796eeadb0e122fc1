"""Guarantee 8, Restore: a store from an older backup gets back what was told since, and goes on where it was."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio
from opentelemetry.sdk.trace import TracerProvider

from caseload.case import Case
from chassis import telemetry
from chassis.ask import Answer, Ask
from chassis.database import ALL_TENANTS, open_pool
from chassis.recover import Recovered, ServiceRunsError, StoreBehindError, StoreDivergedError, recover, require_whole
from chassis.store import ClaimTakenError, Store
from waymark.local import identity
from waymark.local.environment import Addresses
from waymark.local.postgres import Postgres
from waymark.local.record import Record, Running

from .conftest import PARTITIONS, Home, Topics, make_home
from .ground import PATIENCE_SECONDS, Ground, contact, open_case, until
from .ledger import LEDGER, LIVE, caught_up, consumers, folded, pages

TRACE: Final = f"00-{'ab' * 16}-{'cd' * 8}-01"
EVERYTHING: Final = {
    "facts": "select s.*, s.occurred_at::text from stored_events s order by notification_id",
    "commands": "select * from command order by key",
    "claims": "select * from claim order by key",
}
HIGHEST: Final = "select max(notification_id) from stored_events"
Tables = dict[str, list[tuple[Any, ...]]]


@dataclass
class Before:
    """What there was when the disk broke: the tables, and what commands were answered."""

    tables: Tables
    answers: dict[str, Answer]
    cases: list[Case]


@pytest.fixture(scope="module")
def server(platform_folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL that may be stopped and copied."""
    server = Postgres(platform_folder / "restored-postgres")
    server.start()
    yield server
    if server.running:
        server.stop()


@pytest.fixture
def home(server: Postgres) -> Home:
    """The database that is going to be restored."""
    return make_home(server)


@asynccontextmanager
async def opened(home: Home, topics: Topics) -> AsyncIterator[Ground]:
    """The service that keeps its facts there, between a start and an end of the database."""
    async with open_pool(home.application, size=4, scope=ALL_TENANTS) as pool:
        store = Store(pool, "caseload", partitions=PARTITIONS)
        yield Ground(home.owner, home.application, topics.bootstrap, topics.prefix, pool, store)


@pytest_asyncio.fixture
async def listener(postgres: Postgres, topics: Topics) -> AsyncIterator[Ground]:
    """Another service, which follows the journey whatever happens to the first, into a view of all cases."""
    async with opened(make_home(postgres), topics) as ground:
        await ground.rebuild(LEDGER).run()
        async with consumers(ground.application) as (view, _), ground.listening(view):
            yield ground


def back_up(server: Postgres, backup: Path) -> None:
    """Copy the data folder while the server is down."""
    server.stop()
    shutil.copytree(server.data, backup, symlinks=True, copy_function=shutil.copy2)
    server.start()


def restore(server: Postgres, backup: Path) -> None:
    """Put the copy in the place of the data folder."""
    owner = server.data.stat()
    server.stop()
    shutil.rmtree(server.data)
    backup.rename(server.data)
    for path in (server.data, *server.data.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    server.start()


async def command(ground: Ground, key: str, *cases: Case, claim: str = "", release: str = "") -> Answer:
    """Ask for something under a key, with a trace that is followed."""
    ask = Ask("coach:1", f"correlation of {key}", "cause:1", TRACE, UUID(int=11), key, key.encode())
    claims = {claim: cases[0].id} if claim else {}
    return await ground.store.execute(
        ask, lambda session: session.save(*cases, status=201, ids={"for": key}, claims=claims, releases=[release])
    )


async def tables(ground: Ground) -> Tables:
    return {name: await ground.rows(query) for name, query in EVERYTHING.items()}


async def heard(listener: Ground, ground: Ground) -> None:
    """Wait until the other service has heard everything, and check that it heard each fact once and in order."""

    async def settled() -> bool:
        return await caught_up(listener, LIVE, ground)

    await ground.all_told()
    await until(settled)
    assert await pages(listener) == await folded(ground)


async def live_on(server: Postgres, backup: Path, home: Home, topics: Topics, listener: Ground) -> Before:
    """Store, tell and answer some things, make the backup, store, tell and answer more, and lose it all."""
    async with opened(home, topics) as ground, ground.relaying():
        cases = [open_case(contacts=2, tenant=UUID(int=11)) for _ in range(20)]
        await command(ground, "first", cases[0], claim="open:1")
        await ground.append(*cases[1:])
        await heard(listener, ground)
    back_up(server, backup)
    async with opened(home, topics) as ground, ground.relaying():
        answers = {
            "grown": await command(ground, "grown", *(contact(case) for case in cases[:6])),
            "passed on": await command(ground, "passed on", contact(cases[1]), claim="open:2", release="open:1"),
        }
        newcomers = [open_case(tenant=UUID(int=11)) for _ in range(4)]
        answers["new"] = await command(ground, "new", *newcomers, claim="open:1")
        await ground.append(*(contact(case) for case in cases[10:]))
        await heard(listener, ground)
        return Before(await tables(ground), answers, newcomers)


@pytest_asyncio.fixture
async def before(
    server: Postgres, home: Home, topics: Topics, listener: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Before:
    """A life that ended, the store being back from a backup of the middle of it."""
    monkeypatch.setattr(telemetry, "_tracer", TracerProvider().get_tracer("restore"))
    lived = await live_on(server, tmp_path / "backup", home, topics, listener)
    restore(server, tmp_path / "backup")
    return lived


async def whole(home: Home, topics: Topics) -> None:
    await require_whole(home.application, "caseload", topics.bootstrap, topics.prefix)


async def recovered(home: Home, topics: Topics) -> Recovered:
    return await recover(home.application, "caseload", topics.bootstrap, topics.prefix)


async def test_what_was_told_and_answered_comes_back_and_life_goes_on(
    before: Before, home: Home, topics: Topics, listener: Ground
) -> None:
    with pytest.raises(StoreBehindError, match="21 facts that were told are missing from the store"):
        await whole(home, topics)

    assert await recovered(home, topics) == Recovered(21, 3, max(row[4] for row in before.tables["facts"]))

    async with opened(home, topics) as ground:
        assert await tables(ground) == before.tables
        for key, answer in before.answers.items():
            repeated = await command(ground, key)
            assert (repeated.places, repeated.ids, repeated.repeated) == (answer.places, answer.ids, True)
        with pytest.raises(ClaimTakenError):
            await command(ground, "late", open_case(tenant=UUID(int=11)), claim="open:2")
        [(last,)] = await ground.rows(HIGHEST)
        after = await command(ground, "after", *(contact(case) for case in before.cases))
        assert all(place.position > last for place in after.places)
        async with ground.relaying():
            await heard(listener, ground)
    await whole(home, topics)
    assert await recovered(home, topics) == Recovered(0, 0, 0)


async def test_commands_that_were_taken_too_early_are_told_apart_from_what_is_missing(
    before: Before, home: Home, topics: Topics
) -> None:
    async with opened(home, topics) as ground:
        await ground.append(open_case())

    assert before.tables["facts"]
    for attempt in (whole, recovered):
        with pytest.raises(StoreDivergedError, match="commands were taken before it was recovered"):
            await attempt(home, topics)


async def test_a_store_is_not_recovered_while_its_relay_runs(before: Before, home: Home, topics: Topics) -> None:
    async with opened(home, topics) as ground, ground.relaying() as relay:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not relay.active:  # noqa: ASYNC110  (it says so to nobody)
                await asyncio.sleep(0.02)
        with pytest.raises(ServiceRunsError, match="caseload runs: stop it first"):
            await recovered(home, topics)
    assert before.tables["facts"]


def start(role: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "caseload", role]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("role", ["api", "relay"])
async def test_a_service_does_not_start_on_a_store_that_lacks_facts(
    before: Before, home: Home, topics: Topics, tmp_path: Path, role: str
) -> None:
    identity.prepare(tmp_path / "keys", ["caseload"])
    variables = {
        **os.environ,
        "WAYMARK_DATABASE": home.application,
        "WAYMARK_KAFKA": topics.bootstrap,
        "WAYMARK_TOPIC_PREFIX": topics.prefix,
        "WAYMARK_JWKS": str(identity.jwks(tmp_path / "keys")),
        "WAYMARK_IDENTITY_KEY": str(identity.service_key(tmp_path / "keys", "caseload")),
        "WAYMARK_REQUEST_HASH_KEY": "0" * 32,
    }
    ended = await asyncio.to_thread(start, role, variables)

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        "caseload: 21 facts that were told are missing from the store: run `waymark recover caseload`"
    )
    assert "Traceback" not in ended.stderr
    assert before.answers


def operate(folder: Path, home: Home, topics: Topics, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `waymark` where a platform with this database and this Kafka is said to run."""
    addresses = Addresses(
        ports={"kafka": int(topics.bootstrap.rpartition(":")[2])},
        databases={"caseload": home.application},
        owner_databases={"caseload": home.owner},
        keys=folder,
        vault=folder,
    )
    record = Record(supervisor=Running.of(os.getpid()), children={}, addresses=addresses)
    (folder / "running.json").write_text(record.model_dump_json())
    variables = {**os.environ, "WAYMARK_STATE": str(folder), "WAYMARK_TOPIC_PREFIX": topics.prefix}
    command = [sys.executable, "-m", "waymark.cli", *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)


async def test_an_operator_recovers_a_store_by_one_command(
    before: Before, home: Home, topics: Topics, tmp_path: Path
) -> None:
    recovering = partial(operate, tmp_path, home, topics, "recover", "caseload")
    async with opened(home, topics) as ground:
        async with ground.relaying():
            await ground.all_told()
            refused = await asyncio.to_thread(recovering)
        done = await asyncio.to_thread(recovering)

        assert refused.stderr == "waymark: caseload runs: stop it first.\n"
        assert "21 facts and the answers of 3 commands came back." in done.stdout, done.stderr
        assert await tables(ground) == before.tables
