"""What was erased is gone from every file and every backup, once the wrapping key has been rotated."""

import re
import shutil
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from cryptography.exceptions import InvalidTag

from chassis.ask import Ask
from chassis.database import open_pool
from chassis.store import Store
from events.keyring import IndexKind
from events.sealed import KeyOf
from keyring.blind_index import digest, words
from keyring.commands import Indexed, PersonKey, erase, index, make_keys
from keyring.ring import INDEX_KEY, Ring
from keyring.rotation import rotate
from keyring.vault import read_master_key
from keyring.wrapping_key import MARK, WRAPPED_BYTES, WrappingKey
from waymark.local.postgres import Postgres

from .conftest import NOW, Home, make_home

WRAPPED = re.compile(re.escape(MARK) + b".{%d}" % (WRAPPED_BYTES - len(MARK)), re.DOTALL)
VICTIM = 0


@dataclass
class Story:
    """Twenty persons, a cold backup of their database, then one of them erased and the wrapping key rotated."""

    home: Home
    keys: list[PersonKey]
    backup: Path
    data: Path
    secrets_before: dict[str, bytes]
    secrets_after: dict[str, bytes]


@pytest.fixture(scope="module")
def server(platform_folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL that may be stopped and copied."""
    server = Postgres(platform_folder / "copied-postgres")
    server.start()
    yield server
    if server.running:
        server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    """Live through it once, the server stopped at the end."""
    folder = tmp_path_factory.mktemp("story")
    home = make_home(server, folder)
    async with open_pool(home.application, scope="*") as pool:
        ring = await Ring.opened(pool, home.opened_vault(), NOW)
        keys = await make_keys(ring, [uuid4() for _ in range(20)], KeyOf.PARTICIPANT, NOW)
        await index(
            ring, [Indexed(key.person, IndexKind.NI_NUMBER, ni_number(place)) for place, key in enumerate(keys)]
        )
        before = existing_secrets(home)
    server.stop()
    shutil.copytree(server.data, folder / "backup")
    server.start()
    async with open_pool(home.application, scope="*") as pool:
        ring = await Ring.opened(pool, home.opened_vault(), NOW)
        await erase(ring, Store(pool, "keyring"), Ask("operator:1", "c"), [keys[VICTIM].person], NOW)
        await rotate(ring, NOW)
    server.stop()
    yield Story(home, keys, folder / "backup", server.data, before, existing_secrets(home))


def ni_number(place: int) -> str:
    return f"QQ{place:06}C"


def existing_secrets(home: Home) -> dict[str, bytes]:
    """Return every key that still exists: the master key and what it opens in the vault."""
    vault = home.opened_vault()
    return {"master": read_master_key(home.master_key_file)} | {name: vault.read(name) for name in vault.names()}


def contents(folder: Path) -> Iterator[bytes]:
    """Return each file's bytes: tables, indexes, WAL, everything."""
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def unwrapped(folder: Path, secrets: Collection[bytes], keys: Iterable[PersonKey]) -> set[bytes]:
    """Return all data keys that anything in `folder` yields when every wrapped form meets every existing key."""
    wrapped = {found for content in contents(folder) for found in WRAPPED.findall(content)}
    attempts = ((WrappingKey(uuid4(), secret), key) for secret in secrets for key in keys)
    return {plain for wrapping_key, key in attempts for one in wrapped if (plain := attempt(wrapping_key, one, key))}


def attempt(wrapping_key: WrappingKey, wrapped: bytes, key: PersonKey) -> bytes:
    try:
        return wrapping_key.unwrap(wrapped, key.key_id, key.person)
    except InvalidTag:
        return b""


def data_keys(keys: Iterable[PersonKey]) -> set[bytes]:
    return {key.secret for key in keys if key.secret}


def found_in(folder: Path, needle: bytes) -> bool:
    return any(needle in content for content in contents(folder))


def covered_digest(secrets: dict[str, bytes], place: int) -> bytes:
    """Return what stands in the index for an NI number, as whoever has these keys can compute it."""
    [word] = words(IndexKind.NI_NUMBER, ni_number(place))
    [wrapping_key] = [secret for name, secret in secrets.items() if name.startswith("wrapping-")]
    return WrappingKey(uuid4(), wrapping_key).cover(digest(secrets[INDEX_KEY], IndexKind.NI_NUMBER, word))


def test_a_backup_yields_every_key_while_its_wrapping_key_exists(story: Story) -> None:
    assert unwrapped(story.backup, story.secrets_before.values(), story.keys) == data_keys(story.keys)


def test_after_the_rotation_a_backup_yields_nothing(story: Story) -> None:
    assert unwrapped(story.backup, story.secrets_after.values(), story.keys) == set()


def test_the_data_folder_still_holds_the_erased_key_under_the_destroyed_wrapping_key(story: Story) -> None:
    victim = story.keys[VICTIM]

    assert victim.secret in unwrapped(story.data, story.secrets_before.values(), [victim])


def test_after_the_rotation_the_data_folder_yields_the_living_and_not_the_erased(story: Story) -> None:
    living = data_keys(story.keys) - data_keys([story.keys[VICTIM]])

    assert unwrapped(story.data, story.secrets_after.values(), story.keys) == living


def test_who_has_every_key_finds_an_erased_persons_ni_number_in_no_index_or_backup(story: Story) -> None:
    assert found_in(story.backup, covered_digest(story.secrets_before, VICTIM))
    assert found_in(story.data, covered_digest(story.secrets_after, VICTIM + 1))

    assert not found_in(story.data, covered_digest(story.secrets_after, VICTIM))
    assert not found_in(story.backup, covered_digest(story.secrets_after, VICTIM + 1))


def test_no_key_lies_anywhere_in_clear(story: Story) -> None:
    everything = data_keys(story.keys) | set(story.secrets_before.values()) | set(story.secrets_after.values())

    for folder in (story.data, story.backup, story.home.vault):
        for content in contents(folder):
            assert not any(secret in content for secret in everything)
