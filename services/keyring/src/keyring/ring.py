"""The ring: the database and the vault together. Every live row lies under the one wrapping key that the ring names."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files
from typing import Final, LiteralString, Self, TypeVar
from uuid import UUID, uuid4

from chassis.database import Connection, Pool
from keyring.vault import NotInVaultError, Vault, VaultError
from keyring.wrapping_key import WrappingKey

LOCK: Final = 7_243_118
INDEX_KEY: Final = "index"
KEPT_FOR_READERS: Final = 4

_T = TypeVar("_T")


class Ring:
    """What wraps and unwraps.

    Rows change only in `changing`, so that none is written while a rotation reads them. Those who wait there for a
    rotation leave some of the pool's connections to readers.
    """

    def __init__(self, pool: Pool, vault: Vault) -> None:
        self.pool = pool
        self.vault = vault
        self.index_key = vault.read(INDEX_KEY)
        self._latest: WrappingKey | None = None
        self._places_to_change = asyncio.Semaphore(max(1, pool.max_size - KEPT_FOR_READERS))

    @classmethod
    async def opened(cls, pool: Pool, vault: Vault, now: datetime) -> Self:
        """Return the ring, made when both sides are empty, an interrupted start or rotation brought to its end.

        Raises VaultError when database and vault do not belong together.
        """
        async with pool.connection() as connection:
            await _name_first_wrapping_key(connection, vault, now)
            async with connection.transaction():
                await lock_out_all(connection)
                await _fill(connection, vault)
        ring = cls(pool, vault)
        await ring.destroy_stale()
        return ring

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[tuple[Connection, WrappingKey]]:
        """Open a transaction that no rotation comes into; with it comes the wrapping key of the rows it writes."""
        async with self._places_to_change, self.pool.connection() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock_shared(%s)", [LOCK])
            yield connection, await self.current(connection)

    async def read(self, work: Callable[[Connection, WrappingKey], Awaitable[_T]]) -> _T:
        """Return what `work` reads in one snapshot, with the wrapping key of its rows; it waits for no rotation."""
        try:
            return await self._read(work)
        except NotInVaultError:  # a rotation ended between the snapshot and the vault: the next snapshot is behind it
            return await self._read(work)

    async def current(self, connection: Connection) -> WrappingKey:
        """Return the wrapping key of all rows that this transaction sees; an older one is forgotten here."""
        id = await named_in(connection)  # noqa: A001
        if id is None:
            message = "the database names no wrapping key: start the keyring once with its vault"
            raise VaultError(message)
        if self._latest is None or self._latest.id != id:
            self._latest = WrappingKey(id, self.vault.read(name_of(id)))
        return self._latest

    async def destroy_stale(self) -> None:
        """Destroy every wrapping key but the current one, which is first seen to be there."""
        async with self.pool.connection() as connection, connection.transaction():
            await lock_out_all(connection)
            current = await self.current(connection)
            self.vault.read(name_of(current.id))
            self.vault.keep_only({INDEX_KEY, name_of(current.id)})

    async def _read(self, work: Callable[[Connection, WrappingKey], Awaitable[_T]]) -> _T:
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute("set transaction isolation level repeatable read, read only")
            return await work(connection, await self.current(connection))


def schema() -> LiteralString:
    """Return the SQL that makes the keyring's tables."""
    return files("keyring").joinpath("keyring.sql").read_text()


def name_of(wrapping_key: UUID) -> str:
    """Return the name of a wrapping key in the vault."""
    return f"wrapping-{wrapping_key}"


async def lock_out_all(connection: Connection) -> None:
    """Let this transaction be the only one that changes rows or the vault."""
    await connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])


async def named_in(connection: Connection) -> UUID | None:
    """Return the id of the wrapping key that the database names, None before its first start."""
    row = await (await connection.execute("select wrapping_key from ring")).fetchone()
    return row[0] if row else None


async def _name_first_wrapping_key(connection: Connection, vault: Vault, now: datetime) -> None:
    """Name it before it exists: a start that is killed in between leaves an empty vault, which the next start fills."""
    if await named_in(connection):
        return
    if vault.names():
        message = "the vault holds keys and the database names none: it is not the database of this vault"
        raise VaultError(message)
    insert = "insert into ring (wrapping_key, rotated_at) values (%s, %s) on conflict do nothing"
    await connection.execute(insert, [uuid4(), now])


async def _fill(connection: Connection, vault: Vault) -> None:
    """Make the keys of a ring that is still empty. Any other must find them in the vault."""
    id = await named_in(connection)  # noqa: A001
    missing = {INDEX_KEY, f"wrapping-{id}"} - set(vault.names())
    if not missing:
        return
    [[used]] = await (await connection.execute("select exists (select from data_key)")).fetchall()
    if used or len(vault.names()) > 1:
        message = f"the vault lacks {', '.join(sorted(missing))}: it is not this database's, or has rotated since"
        raise VaultError(message)
    for name in sorted(missing):
        vault.write(name, WrappingKey.new().secret)
