"""Sign-ins that were begun: each is known to one browser, good for one answer, and for ten minutes."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from chassis.clock import Clock
from chassis.database import Pool
from gateway.openid.failure import StaleError

SECRET_BYTES: Final = 32
VALID: Final = timedelta(minutes=10)

BEGIN: Final = """
insert into sign_in_attempt (digest, browser, nonce, verifier, onward, expires_at) values (%s, %s, %s, %s, %s, %s)
"""
TAKE: Final = """
delete from sign_in_attempt where digest = %s and browser = %s returning nonce, verifier, onward, expires_at
"""
TIDY: Final = "delete from sign_in_attempt where expires_at <= %s"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What has to come back (`state`, `nonce`), what proves that we asked (`verifier`), and where to go then."""

    state: str
    browser: str
    nonce: str
    verifier: str
    onward: str


class Attempts:
    """Sign-ins under way; of what a browser holds only digests are kept."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def begin(self, onward: str) -> Attempt:
        """Return a new attempt; `browser` is for a cookie, `state` and `nonce` are for the provider."""
        state, browser, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(4))
        now = self._clock()
        row = (_digest(state), _digest(browser), nonce, verifier, onward, now + VALID)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(TIDY, [now])
            await connection.execute(BEGIN, row)
        return Attempt(state, browser, nonce, verifier, onward)

    async def take(self, state: str, browser: str) -> Attempt:
        """Return the attempt that an answer is to, once. Raises StaleError."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(TAKE, (_digest(state), _digest(browser)))
            row = await cursor.fetchone()
        if row is None or row[3] <= self._clock():
            message = "state"
            raise StaleError(message)
        nonce, verifier, onward, _ = row
        return Attempt(state, browser, nonce, verifier, onward)


def _digest(secret: str) -> bytes:
    return sha256(b"attempt:" + secret.encode()).digest()
