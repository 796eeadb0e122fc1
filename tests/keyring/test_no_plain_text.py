"""What persons are sealed, indexed and identified by is found in clear in no byte that the keyring leaves behind."""

import base64
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from chassis.keyring import Entry, KeyringRefusedError, Term
from events.keyring import IndexKind
from waymark.local.postgres import Postgres

from .conftest import make_home
from .running import RunningKeyring

TOLD = {
    IndexKind.NAME: "Quillfeatherina",
    IndexKind.EMAIL: "zanzibarine@example.com",
    IndexKind.PHONE: "07700900987",
    IndexKind.POSTCODE: "ZZ98 7YX",
    IndexKind.DATE_OF_BIRTH: "1871-12-29",
}
NI_NUMBER = "QQ918273C"
CONTROL = "Zebedee-Planted-Control"


@pytest.fixture
def server(platform_folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL of this test's own, stopped before it is searched."""
    server = Postgres(platform_folder / "searched-postgres", settings={"wal_compression": "off"})
    server.start()
    yield server
    if server.running:
        server.stop()


def spellings(text: str) -> set[bytes]:
    """Return how a text may lie in a file: as it is, folded, compact, in UTF-16, base64 at any offset."""
    compact = text.replace(" ", "")
    plain = {form for word in (text, compact) for form in (word, word.upper(), word.casefold())}
    encoded = {base64.b64encode(b"\0" * pad + form.encode())[4:-4] for form in plain for pad in range(3)}
    return {form.encode() for form in plain} | {form.encode("utf-16-le") for form in plain} | encoded


def holders(folders: list[Path], text: str) -> list[Path]:
    """Return every file in which a text lies in any spelling."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(form in path.read_bytes() for form in spellings(text))]


async def test_no_file_of_the_keyring_shows_a_person(server: Postgres, tmp_path: Path) -> None:
    service = RunningKeyring(make_home(server, tmp_path), tmp_path)
    service.start()
    async with service.client() as keyring:
        await keyring.sealer(person := uuid4())
        await keyring.index([Entry(person, kind, value) for kind, value in TOLD.items()])
        [known] = await keyring.identify(IndexKind.NI_NUMBER, [NI_NUMBER])
        found = await keyring.search([Term(kind, value) for kind, value in TOLD.items()])
        for value in TOLD.values():
            with pytest.raises(KeyringRefusedError):
                await keyring.identify(IndexKind.NI_NUMBER, [value])
    assert service.stop() == 0
    plant(service)
    server.stop()

    folders = [server.home, tmp_path]
    assert found.persons == [person]
    assert known != person
    assert len(holders(folders, CONTROL)) > 2
    for value in (*TOLD.values(), NI_NUMBER):
        assert holders(folders, value) == []


def plant(service: RunningKeyring) -> None:
    """Leave the control in a table, its WAL and the keyring's log: the search has to find it there."""
    with psycopg.connect(service.home.owner) as connection:
        connection.execute("create table planted as select %s::text as control", [CONTROL])
    with service.log.open("a") as log:
        log.write(CONTROL)
