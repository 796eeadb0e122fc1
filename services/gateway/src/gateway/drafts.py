"""Forms that somebody left to come back to: one for each of them, sealed, so that nobody reads it in the database."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.clock import Clock
from chassis.database import Pool

KEPT: Final = timedelta(days=14)
NONCE_BYTES: Final = 12

KEEP: Final = """
insert into draft (owner_id, sealed, kept_at) values (%s, %s, %s)
on conflict (owner_id) do update set sealed = excluded.sealed, kept_at = excluded.kept_at
"""
FIND: Final = "select sealed, kept_at from draft where owner_id = %s and kept_at > %s"
DROP: Final = "delete from draft where owner_id = %s"
TIDY: Final = "delete from draft where kept_at <= %s"


class Drafts:
    """What people left half told. `key` is a secret of the service: it, and no row, opens what is kept."""

    def __init__(self, pool: Pool, clock: Clock, key: bytes) -> None:
        self._pool = pool
        self._clock = clock
        self._key = key

    async def keep(self, owner: UUID, told: Mapping[str, str]) -> None:
        """Keep what somebody told so far, instead of what they left before."""
        nonce, now = secrets.token_bytes(NONCE_BYTES), self._clock()
        sealed = nonce + self._seal(owner).encrypt(nonce, json.dumps(dict(told)).encode(), None)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(TIDY, [now - KEPT])
            await connection.execute(KEEP, (owner, sealed, now))

    async def find(self, owner: UUID) -> tuple[dict[str, str], datetime] | None:
        """Return what somebody left and when, None where there is nothing (any more)."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(FIND, (owner, self._clock() - KEPT))).fetchone()
        if row is None:
            return None
        sealed, kept_at = bytes(row[0]), row[1]
        try:
            told = self._seal(owner).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except InvalidTag:
            return None
        return json.loads(told), kept_at

    async def drop(self, owner: UUID) -> None:
        """Forget what somebody left."""
        async with self._pool.connection() as connection:
            await connection.execute(DROP, [owner])

    def _seal(self, owner: UUID) -> AESGCM:
        return AESGCM(sha256(b"draft:" + self._key + owner.bytes).digest())
