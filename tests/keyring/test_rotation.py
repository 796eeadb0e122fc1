"""A rotation re-wraps all, loses nothing at any moment, and leaves the old wrapping key nowhere."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from psycopg import AsyncConnection

from chassis.ask import Ask
from chassis.database import open_pool
from chassis.store import Store
from events.keyring import IndexKind
from events.sealed import KeyOf
from keyring.commands import Indexed, PersonKey, erase, find_keys, index, make_keys, search
from keyring.ring import INDEX_KEY, Ring, lock_out_all
from keyring.rotation import EVERY, rotate, rotate_when_due
from keyring.vault import NotInVaultError, Vault

from .conftest import NOW, Home

ASK = Ask(actor="operator:1", correlation_id="c")
ADA = [(IndexKind.NAME, "Ada")]


async def make_ada(ring: Ring) -> PersonKey:
    [key] = await make_keys(ring, [uuid4()], KeyOf.PARTICIPANT, NOW)
    await index(ring, [Indexed(key.person, IndexKind.NAME, "Ada Lovelace")])
    return key


async def wrapped_rows(ring: Ring) -> set[tuple[UUID, bytes]]:
    async with ring.pool.connection() as connection:
        cursor = await connection.execute("select key_id, wrapped from data_key where wrapped is not null")
        return {(row[0], row[1]) for row in await cursor.fetchall()}


async def test_after_a_rotation_the_same_keys_lie_under_another_wrapping_key(ring: Ring) -> None:
    ada = await make_ada(ring)
    wrapped, [wrapping_key] = await wrapped_rows(ring), set(ring.vault.names()) - {INDEX_KEY}

    assert await rotate(ring, NOW)

    assert await find_keys(ring, [ada.person]) == [ada]
    assert await search(ring, ADA) == [ada.person]
    assert not wrapped & await wrapped_rows(ring)
    assert wrapping_key not in ring.vault.names()
    assert len(ring.vault.names()) == 2


async def test_an_erased_person_stays_erased_through_a_rotation(ring: Ring, store: Store) -> None:
    ada = await make_ada(ring)
    await erase(ring, store, ASK, [ada.person], NOW)

    await rotate(ring, NOW)

    assert [key.secret for key in await find_keys(ring, [ada.person])] == [None]
    assert await search(ring, ADA) == []


async def test_a_rotation_is_due_a_day_after_the_last_one_also_after_a_restart(ring: Ring, home: Home) -> None:
    assert not await rotate_when_due(ring, NOW + EVERY - timedelta(seconds=1))
    assert await rotate_when_due(ring, NOW + EVERY)

    async with open_pool(home.application, scope="*") as pool:
        restarted = await Ring.opened(pool, home.opened_vault(), NOW + EVERY)

        assert not await rotate_when_due(restarted, NOW + EVERY + timedelta(hours=23))
        assert await rotate_when_due(restarted, NOW + 2 * EVERY)


async def test_of_two_processes_that_find_it_due_one_rotates(ring: Ring, home: Home) -> None:
    async with open_pool(home.application, scope="*") as pool:
        other = await Ring.opened(pool, home.opened_vault(), NOW)

        done = await asyncio.gather(rotate_when_due(ring, NOW + EVERY), rotate_when_due(other, NOW + EVERY))

    assert sorted(done) == [False, True]


async def test_keys_made_indexed_found_and_erased_during_rotations_are_right_after_them(
    ring: Ring, store: Store, home: Home
) -> None:
    made: dict[UUID, PersonKey] = {}
    erased: set[UUID] = set()

    async def work(other: Ring) -> None:
        for _ in range(10):
            key, doomed = await make_ada(other), await make_ada(ring)
            made[key.person] = key
            await erase(ring, store, ASK, [doomed.person], NOW)
            erased.add(doomed.person)
            assert await find_keys(other, [key.person]) == [key]
            assert key.person in await search(other, ADA)

    async def turn() -> None:
        for _ in range(10):
            await rotate(ring, NOW)

    async with open_pool(home.application, scope="*") as pool:
        other = await Ring.opened(pool, home.opened_vault(), NOW)
        await asyncio.gather(turn(), work(other), work(ring), work(other))

    assert {key.person: key for key in await find_keys(ring, list(made))} == made
    assert {key.secret for key in await find_keys(ring, list(erased))} == {None}
    assert set(await search(ring, ADA)) == set(made)


async def test_a_process_that_has_not_seen_the_rotation_forgets_the_old_key_when_it_looks(
    ring: Ring, home: Home
) -> None:
    ada = await make_ada(ring)
    async with open_pool(home.application, scope="*") as pool:
        other = await Ring.opened(pool, home.opened_vault(), NOW)
        async with pool.connection() as connection:
            before = await other.current(connection)
            await rotate(ring, NOW)

            assert (await other.current(connection)).id != before.id
        assert await find_keys(other, [ada.person]) == [ada]


async def test_readers_do_not_wait_while_a_rotation_keeps_all_writers_waiting(ring: Ring, home: Home) -> None:
    ada = await make_ada(ring)
    async with await AsyncConnection.connect(home.application) as rotating:
        await lock_out_all(rotating)
        writers = [asyncio.ensure_future(make_ada(ring)) for _ in range(20)]
        await asyncio.wait(writers, timeout=0.2)

        async with asyncio.timeout(5):
            assert await find_keys(ring, [ada.person]) == [ada]
            assert await search(ring, ADA) == [ada.person]
        assert not any(writer.done() for writer in writers)

    assert len(await asyncio.gather(*writers)) == 20


class OvertakenVault(Vault):
    """Its first reader is overtaken: a whole rotation happens before it gets what it asked for."""

    rotation: Callable[[], None] | None = None

    def read(self, name: str) -> bytes:
        rotation, self.rotation = self.rotation, None
        if rotation:
            rotation()
        return super().read(name)


async def test_a_reader_who_is_overtaken_by_a_rotation_reads_again(ring: Ring, home: Home) -> None:
    ada = await make_ada(ring)
    vault = OvertakenVault.opened(home.vault, home.master_key_file)
    overtaken = Ring(ring.pool, vault)
    rotation = threading.Thread(target=lambda: asyncio.run(rotate_elsewhere(home)))

    def rotate_now() -> None:
        rotation.start()
        rotation.join()

    vault.rotation = rotate_now

    assert await find_keys(overtaken, [ada.person]) == [ada]
    assert vault.rotation is None


async def rotate_elsewhere(home: Home) -> None:
    async with open_pool(home.application, scope="*") as pool:
        await rotate(await Ring.opened(pool, home.opened_vault(), NOW), NOW)


async def test_no_wrapping_key_is_destroyed_while_the_current_one_is_not_there(ring: Ring) -> None:
    [current] = set(ring.vault.names()) - {INDEX_KEY}
    secret = ring.vault.read(current)
    ring.vault.write("wrapping-of-yesterday", secret)
    ring.vault.destroy(current)

    with pytest.raises(NotInVaultError):
        await ring.destroy_stale()

    assert ring.vault.read("wrapping-of-yesterday") == secret
