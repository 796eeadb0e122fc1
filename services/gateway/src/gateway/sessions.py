"""Who is signed in with a browser: an opaque cookie outside, a row here that shows nobody's name to who reads it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor

SECRET_BYTES: Final = 32
NONCE_BYTES: Final = 12
LONGEST: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=1)
SEEN_APART: Final = timedelta(minutes=1)

START: Final = """
insert into web_session
(digest, actor_id, role, tenant, sealed_name, sealed_proof, language, shortcuts, started_at, seen_at, expires_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
FIND: Final = """
select actor_id, role, tenant, sealed_name, language, shortcuts, seen_at from web_session
where digest = %(digest)s and expires_at > %(now)s and seen_at > %(now)s - %(idle)s
"""
SEEN: Final = "update web_session set seen_at = %s where digest = %s"
WISH: Final = "update web_session set language = %s, shortcuts = %s where digest = %s"
END: Final = "delete from web_session where digest = %s returning sealed_proof"
END_ALL: Final = "delete from web_session where actor_id = %s"
TIDY: Final = "delete from web_session where expires_at <= %(now)s or seen_at <= %(now)s - %(idle)s"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; `name` is how they are greeted, empty when nobody said."""

    actor: Actor
    name: str
    language: str
    shortcuts: bool


class Sessions:
    """The sessions of browsers. `secret` is what the cookie holds, and is made anew at each sign-in."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def start(
        self, actor: Actor, name: str, *, language: str = "en", instead_of: str = "", proof: str = ""
    ) -> str:
        """Begin a session and return its secret; one that the browser brought, `instead_of`, ends.

        `proof` is the word of a provider by which somebody came in, kept to end what was begun there too.
        """
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._clock()
        sealed = _seal(secret, name), _seal(secret, proof)
        row = (_digest(secret), actor.id, actor.role, actor.tenant, *sealed, language, True)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(TIDY, {"now": now, "idle": IDLE})
            if instead_of:
                await connection.execute(END, [_digest(instead_of)])
            await connection.execute(START, (*row, now, now, now + LONGEST))
        return secret

    async def find(self, secret: str) -> Session | None:
        """Return the session of a secret, None when there is none or it was left alone for too long."""
        now, digest = self._clock(), _digest(secret)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(FIND, {"digest": digest, "now": now, "idle": IDLE})
            row = await cursor.fetchone()
            if row is None:
                return None
            actor_id, role, tenant, sealed, language, shortcuts, seen_at = row
            if now - seen_at > SEEN_APART:
                await connection.execute(SEEN, (now, digest))
        return Session(Actor(actor_id, role, tenant), _open(secret, sealed), language, shortcuts)

    async def wish(self, secret: str, *, language: str, shortcuts: bool) -> None:
        """Keep the language, and whether single keys are shortcuts, for the rest of a session."""
        async with self._pool.connection() as connection:
            await connection.execute(WISH, (language, shortcuts, _digest(secret)))

    async def end(self, secret: str) -> str:
        """End a session and return the provider's word that began it, empty for none."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(END, [_digest(secret)])).fetchone()
        return _open(secret, row[0]) if row and row[0] else ""

    async def end_all(self, actor_id: UUID) -> None:
        """End every session of somebody."""
        async with self._pool.connection() as connection:
            await connection.execute(END_ALL, [actor_id])


def _digest(secret: str) -> bytes:
    return sha256(b"find:" + secret.encode()).digest()


def _key(secret: str) -> AESGCM:
    return AESGCM(sha256(b"name:" + secret.encode()).digest())


def _seal(secret: str, name: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _key(secret).encrypt(nonce, name.encode(), None)


def _open(secret: str, sealed: bytes) -> str:
    try:
        return _key(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
    except InvalidTag:
        return ""
