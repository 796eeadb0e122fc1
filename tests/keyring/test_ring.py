"""A ring opens only where database, vault and master key belong together."""

import secrets
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.database import open_pool
from events.sealed import KeyOf
from keyring.commands import find_keys, make_keys
from keyring.ring import INDEX_KEY, Ring
from keyring.rotation import rotate
from keyring.vault import Vault, VaultError
from waymark.local.postgres import Postgres

from .conftest import NOW, Home, make_home


async def opened(home: Home, vault: Vault | None = None) -> Ring:
    async with open_pool(home.application, scope="*") as pool:
        return await Ring.opened(pool, vault or home.opened_vault(), NOW)


async def used(home: Home) -> None:
    async with open_pool(home.application, scope="*") as pool:
        await make_keys(await Ring.opened(pool, home.opened_vault(), NOW), [uuid4()], KeyOf.PARTICIPANT, NOW)


@pytest.fixture
def other_home(keyring_postgres: Postgres, tmp_path: Path) -> Home:
    """Another keyring."""
    (tmp_path / "other").mkdir()
    return make_home(keyring_postgres, tmp_path / "other")


async def test_a_second_start_finds_the_keys_of_the_first(ring: Ring, home: Home) -> None:
    [key] = await make_keys(ring, [uuid4()], KeyOf.PARTICIPANT, NOW)

    async with open_pool(home.application, scope="*") as pool:
        assert await find_keys(await Ring.opened(pool, home.opened_vault(), NOW), [key.person]) == [key]


async def test_two_first_starts_at_once_make_one_ring(home: Home) -> None:
    vault = home.opened_vault()
    async with open_pool(home.application, scope="*") as one, open_pool(home.application, scope="*") as two:
        await Ring.opened(one, vault, NOW)
        await Ring.opened(two, vault, NOW)

    assert len(vault.names()) == 2


async def test_a_first_start_killed_before_it_filled_the_vault_is_brought_to_its_end(ring: Ring, home: Home) -> None:
    for name in ring.vault.names():
        ring.vault.destroy(name)

    assert len((await opened(home)).vault.names()) == 2


async def test_a_database_whose_vault_is_gone_is_not_opened(home: Home) -> None:
    await used(home)
    for path in home.vault.iterdir():
        path.unlink()

    with pytest.raises(VaultError, match="the vault lacks index, wrapping-"):
        await opened(home)

    assert home.opened_vault().names() == []


async def test_a_database_older_than_the_last_rotation_is_not_opened_and_costs_no_key(ring: Ring, home: Home) -> None:
    await make_keys(ring, [uuid4()], KeyOf.PARTICIPANT, NOW)
    async with ring.pool.connection() as connection:
        [[old]] = await (await connection.execute("select wrapping_key from ring")).fetchall()
        await rotate(ring, NOW)
        names = ring.vault.names()
        await connection.execute("update ring set wrapping_key = %s", [old])

    with pytest.raises(VaultError, match="or has rotated since"):
        await opened(home)

    assert ring.vault.names() == names


async def test_the_vault_of_another_database_is_not_opened_and_not_changed(home: Home, other_home: Home) -> None:
    await used(home)
    names = home.opened_vault().names()

    with pytest.raises(VaultError, match="not the database of this vault"):
        await opened(other_home, home.opened_vault())
    await opened(other_home)
    with pytest.raises(VaultError, match="the vault lacks wrapping-"):
        await opened(other_home, home.opened_vault())

    assert home.opened_vault().names() == names


async def test_another_master_key_is_told_apart_from_a_broken_vault(ring: Ring, home: Home) -> None:
    assert INDEX_KEY in ring.vault.names()
    home.master_key_file.write_text(secrets.token_hex(32))

    with pytest.raises(VaultError, match="the master key does not open"):
        home.opened_vault()


@pytest.mark.parametrize("text", ["", "ab" * 31, "no key at all", "é" * 64])
async def test_a_malformed_master_key_is_refused_without_being_shown(home: Home, text: str) -> None:
    home.master_key_file.write_text(text)

    with pytest.raises(VaultError, match=r"must hold 64 hexadecimal digits$"):
        home.opened_vault()


async def test_a_vault_that_cannot_be_made_is_told(home: Home) -> None:
    home.vault.write_text("a file where a folder should be")

    with pytest.raises(VaultError, match=r"cannot be made \(File exists\): set WAYMARK_VAULT"):
        home.opened_vault()


async def test_a_missing_master_key_is_refused(home: Home) -> None:
    home.master_key_file.unlink()

    with pytest.raises(VaultError, match="cannot be read"):
        home.opened_vault()


async def test_secrets_lie_in_the_vault_encrypted_and_for_this_user_only(ring: Ring, home: Home) -> None:
    for name in ring.vault.names():
        assert ring.vault.read(name) not in (home.vault / name).read_bytes()
        assert (home.vault / name).stat().st_mode & 0o077 == 0
    assert home.vault.stat().st_mode & 0o077 == 0


async def test_a_secret_renamed_in_the_vault_does_not_open(ring: Ring, home: Home) -> None:
    (home.vault / INDEX_KEY).rename(home.vault / "index-of-another")

    with pytest.raises(VaultError, match="does not open"):
        ring.vault.read("index-of-another")
