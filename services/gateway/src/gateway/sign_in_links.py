"""Links that bring a participant to their own pages once, without a password."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor

SECRET_BYTES: Final = 32
JOBSEEKER: Final = "jobseeker"
VALID: Final = timedelta(days=1)

MAKE: Final = """
insert into sign_in_link (digest, participant_id, tenant, made_by, made_at, expires_at) values (%s, %s, %s, %s, %s, %s)
"""
USE: Final = """
update sign_in_link set used_at = %(now)s where digest = %(digest)s and used_at is null and expires_at > %(now)s
returning participant_id, tenant
"""
TIDY: Final = "delete from sign_in_link where expires_at <= %s"


class SignInLinks:
    """Links that work once and for one day; only the digest of a link's secret is kept."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def make(self, participant: Actor, made_by: Actor) -> str:
        """Return the secret of a new link for a participant (role jobseeker, with their provider)."""
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._clock()
        row = (_digest(secret), participant.id, participant.tenant, made_by.id, now, now + VALID)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(TIDY, [now])
            await connection.execute(MAKE, row)
        return secret

    async def use(self, secret: str) -> Actor | None:
        """Return whom a link brings in, the first time; None for a link that is used, too old, or none at all."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(USE, {"now": self._clock(), "digest": _digest(secret)})
            row = await cursor.fetchone()
        return Actor(row[0], JOBSEEKER, row[1]) if row else None


def _digest(secret: str) -> bytes:
    return sha256(b"link:" + secret.encode()).digest()
