"""Links by which somebody without an account reads where one referral stands: nothing of the person, and no words."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor

SECRET_BYTES: Final = 32
LINK: Final = "referral_link"
"""The role of whoever holds a link; their id is the referrer's, who gave it away."""
VALID: Final = timedelta(days=90)

MAKE: Final = """
insert into status_link (referral_id, digest, referrer_id, expires_at) values (%s, %s, %s, %s)
on conflict (referral_id) do update
set digest = excluded.digest, referrer_id = excluded.referrer_id, expires_at = excluded.expires_at
"""
FIND: Final = "select referrer_id, referral_id from status_link where digest = %s and expires_at > %s"
TIDY: Final = "delete from status_link where expires_at <= %s"


class Followed(NamedTuple):
    """A referral, and who reads where it stands."""

    reader: Actor
    referral_id: UUID


class StatusLinks:
    """The links of referrals, one for each: a new one ends the one before. Only the digest of a secret is kept."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def make(self, referrer: Actor, referral_id: UUID) -> str:
        """Return the secret of a new link for a referral that is the referrer's own."""
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._clock()
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(TIDY, [now])
            await connection.execute(MAKE, (referral_id, _digest(secret), referrer.id, now + VALID))
        return secret

    async def find(self, secret: str) -> Followed | None:
        """Return what a link leads to, None for one that is too old, was replaced, or is none at all."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(FIND, (_digest(secret), self._clock()))).fetchone()
        return Followed(Actor(row[0], LINK, None), row[1]) if row else None


def _digest(secret: str) -> bytes:
    return sha256(b"status:" + secret.encode()).digest()
