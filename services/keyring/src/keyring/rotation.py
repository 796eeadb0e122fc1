"""Rotation: all under a new wrapping key, the old one destroyed. From then on what was erased is gone for good."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from chassis.database import Connection
from keyring.ring import Ring, lock_out_all, name_of
from keyring.wrapping_key import DIGEST_BYTES, WrappingKey

EVERY: Final = timedelta(days=1)
_AS_LONG_AS_IT_TAKES: Final = """select set_config('transaction_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true)"""

_Row = tuple[UUID, UUID, bytes]


async def rotate_when_due(ring: Ring, now: datetime) -> bool:
    """Rotate when the last rotation is a day old. Return whether this call did it."""
    async with ring.pool.connection() as connection:
        await ring.current(connection)
        if await _rotated_at(connection) + EVERY > now:
            return False
    return await rotate(ring, now, not_since=now - EVERY)


async def rotate(ring: Ring, now: datetime, not_since: datetime | None = None) -> bool:
    """Re-wrap all in one transaction, then destroy the old key. Return False when it was done after `not_since`.

    Killed between any two steps it loses no key: until the commit the old one rules, after it the new one, and
    whichever does not rule is destroyed at the end, or at the next start.
    """
    async with ring.pool.connection() as connection, connection.transaction():
        await connection.execute(_AS_LONG_AS_IT_TAKES)
        await lock_out_all(connection)
        if not_since and await _rotated_at(connection) > not_since:
            return False
        old, new = await ring.current(connection), WrappingKey.new()
        ring.vault.write(name_of(new.id), new.secret)
        await _rewrap(connection, old, new)
        await _cover_again(connection, old, new)
        await connection.execute("update ring set wrapping_key = %s, rotated_at = %s", [new.id, now])
    await ring.destroy_stale()
    return True


async def _rotated_at(connection: Connection) -> datetime:
    [[rotated_at]] = await (await connection.execute("select rotated_at from ring")).fetchall()
    return cast("datetime", rotated_at)


async def _rewrap(connection: Connection, old: WrappingKey, new: WrappingKey) -> None:
    query = "select key_id, person, wrapped from data_key where wrapped is not null"
    rows = cast("list[_Row]", await (await connection.execute(query)).fetchall())
    wrapped = await asyncio.to_thread(_rewrapped, rows, old, new)
    update = """update data_key set wrapped = fresh.wrapped
        from unnest(%s::uuid[], %s::bytea[]) fresh (key_id, wrapped) where data_key.key_id = fresh.key_id"""
    await connection.execute(update, [[row[0] for row in rows], wrapped])


def _rewrapped(rows: Sequence[_Row], old: WrappingKey, new: WrappingKey) -> list[bytes]:
    return [new.wrap(old.unwrap(wrapped, key_id, person), key_id, person) for key_id, person, wrapped in rows]


async def _cover_again(connection: Connection, old: WrappingKey, new: WrappingKey) -> None:
    rows = await (await connection.execute("select distinct digest from index_entry")).fetchall()
    covered = [row[0] for row in rows]
    again = new.cover(old.uncover(b"".join(covered)))
    fresh = [again[start : start + DIGEST_BYTES] for start in range(0, len(again), DIGEST_BYTES)]
    update = """update index_entry set digest = fresh.digest
        from unnest(%s::bytea[], %s::bytea[]) fresh (stale, digest) where index_entry.digest = fresh.stale"""
    await connection.execute(update, [covered, fresh])
