"""What may be asked of the keyring."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Final, NamedTuple, cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.ask import Answer, Ask
from chassis.database import Connection, Pool
from chassis.store import Session, Store
from events.keyring import IndexKind
from events.sealed import KeyOf
from keyring.blind_index import NotIndexableError, digest, words
from keyring.person_keys import PersonKeys
from keyring.ring import Ring
from keyring.wrapping_key import DIGEST_BYTES, WrappingKey

FOUND_AT_MOST: Final = 10_000


class PersonKey(NamedTuple):
    """A person's data key; `secret` is None when it was destroyed."""

    person: UUID
    kind: KeyOf
    key_id: UUID
    secret: bytes | None


class Indexed(NamedTuple):
    """A plain text that a person is to be found by."""

    person: UUID
    kind: IndexKind
    value: str


async def find_keys(ring: Ring, persons: Sequence[UUID]) -> list[PersonKey]:
    """Return the keys there are; persons without one are left out."""

    async def find(connection: Connection, wrapping_key: WrappingKey) -> list[PersonKey]:
        return await _keys(connection, wrapping_key, persons)

    return await ring.read(find)


async def make_keys(ring: Ring, persons: Sequence[UUID], kind: KeyOf, now: datetime) -> list[PersonKey]:
    """Return a key for each person, new where there was none. A tombstone stays one."""
    found = await find_keys(ring, persons)
    missing = sorted(set(persons) - {key.person for key in found})
    if not missing:
        return found
    async with ring.changing() as (connection, wrapping_key):
        await _insert_keys(connection, wrapping_key, missing, kind, now)
        return await _keys(connection, wrapping_key, persons)


async def identify(ring: Ring, kind: IndexKind, values: Sequence[str], now: datetime) -> list[UUID]:
    """Return the one person of each identity, made together with their key where the identity is new.

    Raises NotIndexableError.
    """
    plain = [_digest(ring, kind, value) for value in values]
    async with ring.changing() as (connection, wrapping_key):
        covered = _covered(wrapping_key, plain)
        proposed = {one: uuid4() for one in sorted(set(covered))}
        # The update changes nothing: it waits for whoever is writing the same identity, and returns whose it is.
        insert = """insert into index_entry (kind, digest, person) select %s, * from unnest(%s::bytea[], %s::uuid[])
            on conflict (digest) where kind = 'ni_number' do update set person = index_entry.person
            returning digest, person"""
        cursor = await connection.execute(insert, [kind, list(proposed), list(proposed.values())])
        owners: dict[bytes, UUID] = dict(await cursor.fetchall())
        new = sorted(set(proposed.values()) & set(owners.values()))
        await _insert_keys(connection, wrapping_key, new, KeyOf.PARTICIPANT, now)
    return [owners[one] for one in covered]


async def index(ring: Ring, entries: Iterable[Indexed]) -> None:
    """Let persons with a key be found by these words; those of others are dropped. Raises NotIndexableError."""
    found = [
        (entry.person, entry.kind, digest(ring.index_key, entry.kind, word))
        for entry in entries
        for word in words(entry.kind, entry.value)
    ]
    # The row lock makes it wait for an erasure of the same person, and see the tombstone.
    insert = """insert into index_entry (person, kind, digest)
        select entry.* from unnest(%s::uuid[], %s::text[], %s::bytea[]) entry (person, kind, digest)
        join data_key using (person) where data_key.erased_at is null order by entry.digest for share of data_key
        on conflict do nothing"""
    async with ring.changing() as (connection, wrapping_key):
        covered = _covered(wrapping_key, [plain for _, _, plain in found])
        await connection.execute(insert, [[row[0] for row in found], [row[1] for row in found], covered])


async def search(ring: Ring, terms: Iterable[tuple[IndexKind, str]]) -> list[UUID]:
    """Return the persons that have every word of every term, at most FOUND_AT_MOST + 1."""
    try:
        plain = {digest(ring.index_key, kind, word) for kind, value in terms for word in words(kind, value)}
    except NotIndexableError:
        return []  # what nobody can be indexed under finds nobody

    async def find(connection: Connection, wrapping_key: WrappingKey) -> list[UUID]:
        query = """select person from index_entry where digest = any(%s) group by person
            having count(distinct digest) = %s order by person limit %s"""
        arguments = [_covered(wrapping_key, sorted(plain)), len(plain), FOUND_AT_MOST + 1]
        return [row[0] for row in await (await connection.execute(query, arguments)).fetchall()]

    return await ring.read(find)


async def erase(ring: Ring, store: Store, ask: Ask, persons: Iterable[UUID], now: datetime) -> list[UUID]:
    """Destroy keys and index entries and tell it, all in one transaction. Return who was not erased before."""
    asked = sorted(set(persons))
    destroy = """insert into data_key (key_id, person, kind, created_at, erased_at)
        select gen_random_uuid(), person, 'participant', %(now)s, %(now)s from unnest(%(persons)s::uuid[]) person
        on conflict (person) do update set wrapped = null, erased_at = excluded.erased_at
        where data_key.erased_at is null returning person"""
    async with ring.changing() as (connection, _):
        cursor = await connection.execute(destroy, {"now": now, "persons": asked})
        erased = [row[0] for row in await cursor.fetchall()]
        await connection.execute("delete from index_entry where person = any(%s)", [asked])
        facts = [PersonKeys.destroyed(person, now) for person in erased]
        await Session(_within(connection, store), ask).append(facts, Answer(200))
    store.appended()
    return erased


async def _keys(connection: Connection, wrapping_key: WrappingKey, persons: Sequence[UUID]) -> list[PersonKey]:
    query = "select person, kind, key_id, wrapped from data_key where person = any(%s)"
    rows = await (await connection.execute(query, [list(persons)])).fetchall()
    return [
        PersonKey(person, KeyOf(kind), key_id, wrapping_key.unwrap(wrapped, key_id, person) if wrapped else None)
        for person, kind, key_id, wrapped in rows
    ]


async def _insert_keys(
    connection: Connection, wrapping_key: WrappingKey, persons: Sequence[UUID], kind: KeyOf, now: datetime
) -> None:
    ids = [uuid4() for _ in persons]
    fresh = ((AESGCM.generate_key(256), *key) for key in zip(ids, persons, strict=True))
    wrapped = [wrapping_key.wrap(*key) for key in fresh]
    insert = """insert into data_key (key_id, person, kind, wrapped, created_at)
        select key_id, person, %s, wrapped, %s
        from unnest(%s::uuid[], %s::uuid[], %s::bytea[]) made (key_id, person, wrapped)
        on conflict (person) do nothing"""
    await connection.execute(insert, [kind, now, ids, list(persons), wrapped])


def _digest(ring: Ring, kind: IndexKind, value: str) -> bytes:
    [word] = words(kind, value)
    return digest(ring.index_key, kind, word)


def _covered(wrapping_key: WrappingKey, digests: Sequence[bytes]) -> list[bytes]:
    covered = wrapping_key.cover(b"".join(digests))
    return [covered[start : start + DIGEST_BYTES] for start in range(0, len(covered), DIGEST_BYTES)]


class _OneConnection:
    """What a store takes for its pool when it is to append within a transaction that is already open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connection(self) -> nullcontext[Connection]:
        return nullcontext(self._connection)


def _within(connection: Connection, store: Store) -> Store:
    return Store(cast("Pool", _OneConnection(connection)), store.source, store.clock, store.partitions)
