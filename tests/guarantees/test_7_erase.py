"""Guarantee 7, Erase: no byte at rest ever shows a person, and after an erasure nobody and nothing does."""

import asyncio
import csv
import time
from collections.abc import Sequence
from typing import Any, Final

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from psycopg import sql

import analytics.main
import caseload.main
import gateway.main
import jobsearch.main
import learning.main
import nudges.main
import referrals.main
from chassis.database import ALL_TENANTS, open_pool
from chassis.listen.rebuild import Rebuild
from chassis.listen.views import View
from chassis.store import partition_of
from events.envelope import JOURNEY

from .hunt import base64_spellings, hunt, plain_spellings
from .told_all import (
    MARKERS,
    PERSON,
    ROW,
    STEM,
    Story,
    answered,
    begin,
    case_of,
    cases,
    note_something,
    pages,
    say_everything,
    says_something,
)
from .town import NORTHWAY, Town, accept, eventually

# The first test waits for the whole platform to start.
pytestmark = pytest.mark.timeout(400)

CONTROL: Final = "Plantedfeatherzoë"
PLACES: Final = {"postgres", "postgres wal", "keyring-postgres", "keyring-postgres wal", "kafka", "logs", "exports"}
NOTHING: Final[dict[str, Any]] = {
    "coach": None,
    "case": None,
    "note": None,
    "search": [],
    "list": False,
    "words": set(),
}
FORGOTTEN_SECONDS: Final = 5.0
VIEWS: Final[dict[str, Sequence[View]]] = {
    "referrals": referrals.main.VIEWS,
    "caseload": caseload.main.VIEWS,
    "jobsearch": jobsearch.main.VIEWS,
    "learning": learning.main.VIEWS,
    "nudges": nudges.main.VIEWS,
    "analytics": analytics.main.VIEWS,
    "gateway": gateway.main.VIEWS,
}
PARKED: Final = "select count(*) from parked where type like '%ContactRecorded%'"
TOLD_BY_ERASING: Final = {
    **dict.fromkeys(
        ("timeline", "told_fact"), sql.SQL(" where type_name not similar to '%(PersonErased|ParticipantsMerged)%'")
    ),
    "erased_person": sql.SQL(" where false"),
}
"""The tables that have rows of their own for what is erased, and who is somebody else: those are not counted."""


@pytest.fixture(scope="module")
def story(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Put the markers in wherever something personal can be put in."""
    participant = accept(town, PERSON, "coach-amir")
    file = tmp_path_factory.mktemp("brought") / "referrals.csv"
    with file.open("w", newline="") as lines:
        csv.writer(lines).writerows([ROW.keys(), ROW.values()])
    brought = town.command("import", "referrals", str(file), "--yes")
    assert "1 referrals came in" in brought.stdout, brought.stdout + brought.stderr
    case, other = case_of(town, PERSON["name"]), case_of(town, ROW["name"])
    note_something(town, case["case_id"])
    begin(town, PERSON["name"])
    say_everything(town, participant, case["case_id"])
    poison(town, other["participant_id"])
    note_something(town, other["case_id"])
    eventually(lambda: town.rows("caseload", PARKED), lambda rows: rows[0][0] > 1)
    export(town, participant)
    return Story(town, participant, case["case_id"], other["participant_id"])


def poison(town: Town, participant: str) -> None:
    """Tell of a person what nobody can read, so that what follows is parked behind it."""
    headers = {
        "ce_id": f"{participant}:1",
        "ce_source": "gossip",
        "ce_type": "waymark.caseload.ContactRecorded.v1",
        "ce_subject": participant,
        "ce_time": "2026-04-20T09:30:00+00:00",
        "recorded_at": "2026-04-20T09:30:00+00:00",
        "position": "1",
        "previous": "0",
        "tenant": str(NORTHWAY),
    }

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=town.kafka.bootstrap) as producer:
            await producer.send_and_wait(
                JOURNEY,
                b"{}",
                key=participant.encode(),
                partition=partition_of(participant, 4),
                headers=[(name, value.encode()) for name, value in headers.items()],
            )

    asyncio.run(send())


def export(town: Town, participant: str) -> None:
    """Keep what an operator would: the log of a person."""
    (town.folder / "exports").mkdir()
    (town.folder / "exports/log.txt").write_text(town.command("log", participant).stdout)


def plant(town: Town) -> None:
    """Leave the control in every place, and in `tmp` in every spelling."""
    for server, database in ((town.postgres, "caseload"), (town.keyring_postgres, "keyring")):
        with psycopg.connect(server.dsn(database), autocommit=True) as connection:
            connection.execute("create table planted as select %s::text as control", [CONTROL])
            connection.execute("create index on planted (control)")
    text = CONTROL.encode()
    for file in (*(town.folder / "logs").glob("*.log"), town.folder / "exports/control.txt"):
        with file.open("ab") as lines:
            lines.write(text + b"\n")
    for name, spelled in (plain_spellings(CONTROL) | base64_spellings(CONTROL)).items():
        (town.folder / "tmp" / name).write_bytes(b"before" + spelled + b"after")


async def tell_control(town: Town) -> None:
    """Leave the control in a segment."""
    async with AIOKafkaProducer(bootstrap_servers=town.kafka.bootstrap) as producer:
        await producer.send_and_wait("waymark.market", CONTROL.encode(), partition=0)


def write_to_disk(town: Town) -> None:
    """Have both servers write what they hold in memory."""
    for server in (town.postgres, town.keyring_postgres):
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("checkpoint")


async def test_no_byte_shows_a_person_where_a_planted_control_is_found_in_every_place(story: Story) -> None:
    town = story.town
    plant(town)
    await tell_control(town)
    write_to_disk(town)

    found = hunt(town.folder, [CONTROL, *MARKERS])

    spelled = {f"tmp/{name}" for name in (plain_spellings(CONTROL) | base64_spellings(CONTROL))}
    assert found.pop(CONTROL) >= PLACES | spelled
    assert found == {marker: set() for marker in MARKERS}


def test_who_may_see_a_person_does_and_another_does_not(story: Story) -> None:
    assert eventually(lambda: everything_seen(story), lambda seen: bool(seen["words"] == set(pages(story)))) == {
        "coach": PERSON["name"],
        "case": PERSON["name"],
        "note": f"{STEM} sounds well.",
        "search": [PERSON["name"]],
        "list": True,
        "words": set(pages(story)),
    }
    with story.town.client("caseload", "manager-huw") as stranger:
        for path in (f"/cases/{story.case}", f"/participants/{story.participant}/timeline"):
            assert stranger.get(path).status_code == 404
    assert cases(story.town, "coach-bridget") == []


async def test_after_an_erasure_nobody_sees_the_person_and_everything_is_counted_as_before(story: Story) -> None:
    town = story.town
    before = settled(town)
    assert {service for (service, _), rows in before.items() if rows} == VIEWS.keys()
    town.kafka.stop()
    try:
        assert everything_seen(story)["coach"] == PERSON["name"]
        erased = town.command("erase", story.participant, "--yes", "--final")
        assert "1 of 1 were erased now" in erased.stdout, erased.stdout + erased.stderr
        await asyncio.sleep(FORGOTTEN_SECONDS)
        assert everything_seen(story) == NOTHING
        assert counts(town) == before
    finally:
        town.kafka.start()
    eventually(lambda: town.rows("keyring", "select position from relay_cursor"), bool)
    await rebuild(town)
    assert settled(town) == before
    assert everything_seen(story) == NOTHING
    assert case_of(town, ROW["name"])["participant_id"] == story.other
    write_to_disk(town)
    assert hunt(town.folder, MARKERS) == {marker: set() for marker in MARKERS}


def test_an_erasure_asked_again_does_no_harm(story: Story) -> None:
    again = story.town.command("erase", story.participant, "--yes")

    assert "0 of 1 were erased now" in again.stdout


async def test_whoever_was_merged_with_somebody_is_erased_by_the_other_id(story: Story) -> None:
    town, form = story.town, {"other_participant_id": story.other}
    with town.client("referrals", "leader-farah") as leader:
        answered(leader.post(f"/participants/{story.participant}/merge", json=form))
    before = settled(town)

    erased = town.command("erase", story.participant, "--yes")

    assert f"{story.other} is the same person" in erased.stdout
    assert "1 of 2 were erased now" in erased.stdout, erased.stdout + erased.stderr
    await asyncio.sleep(FORGOTTEN_SECONDS)
    assert ROW["name"] not in {case["name"] for case in cases(town, "coach-amir")}
    assert settled(town) == before


def everything_seen(story: Story) -> dict[str, Any]:
    """Return what readers who may see the person are shown on every page."""
    town, seen = story.town, {}
    seen["coach"] = next(c["name"] for c in cases(town, "coach-amir") if c["case_id"] == story.case)
    with town.client("caseload", "coach-amir") as coach:
        seen["case"] = answered(coach.get(f"/cases/{story.case}"))["name"]
        entries = answered(coach.get(f"/participants/{story.participant}/timeline"))["entries"]
        seen["note"] = next(entry["words"]["Note"] for entry in entries if "Note" in entry["words"])
        terms = {"terms": {"name": f"{STEM} Markersurname"}}
        hits = answered(coach.post("/participants/search", json=terms))["page"]["cases"]
        seen["search"] = [case["name"] for case in hits]
    with town.client("referrals", "referrer-irena") as referrer:
        listed = answered(referrer.get("/referrals"))["referrals"]
        seen["list"] = PERSON["name"] in {referral["name"] for referral in listed}
    seen["words"] = {(service, path) for service, path in pages(story) if says_something(town, service, path)}
    return seen


def counts(town: Town) -> dict[tuple[str, str], int]:
    """Return how many rows each table of each view has, without the erasures themselves."""
    tables = [(service, table.name) for service, views in VIEWS.items() for view in views for table in view.tables]
    return {(service, table): town.rows(service, count_of(table))[0][0] for service, table in tables}


def settled(town: Town) -> dict[tuple[str, str], int]:
    """Return what is counted when nothing more comes in."""
    found = [counts(town)]

    def counted() -> bool:
        time.sleep(1)
        found.append(counts(town))
        return found[-1] == found[-2]

    eventually(counted, bool)
    return found[-1]


def count_of(table: str) -> sql.Composed:
    condition = TOLD_BY_ERASING.get(table, sql.SQL(""))
    return sql.SQL("select count(*) from {}{}").format(sql.Identifier(table), condition)


async def rebuild(town: Town) -> None:
    """Fold every view of every service from the first fact."""

    async def of_service(service: str) -> None:
        async with open_pool(town.addresses.databases[service], scope=ALL_TENANTS) as pool:
            for view in VIEWS[service]:
                await Rebuild(view, pool, town.addresses.owner_databases[service], town.kafka.bootstrap).run()

    await asyncio.gather(*map(of_service, VIEWS))
