"""Who asks: people and services, recognised by short-lived signed tokens of one pinned algorithm."""

import asyncio
import json
import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID, uuid5

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.clock import Clock, system_clock

ALGORITHM: Final = "Ed25519"
EVERY_SERVICE: Final = "waymark"
ALL_TENANTS: Final = "*"
SERVICE: Final = "service"
SERVICE_KEY: Final = "service:"

LARGEST_TOKEN: Final = 4096
LONGEST_LIFE: Final = timedelta(hours=1)
LEEWAY: Final = timedelta(seconds=10)
REMEMBERED_FOR: Final = timedelta(minutes=1)
MOST_REMEMBERED: Final = 10_000
KEYS_GROW_OLD: Final = timedelta(minutes=5)
KEYS_READ_APART: Final = timedelta(seconds=5)
KEYS_READ_WITHIN: Final = timedelta(seconds=3)

_SERVICES: Final = UUID("0b9f2f5e-6c0f-5f64-9d6e-3f1c61d2a7f4")
_log = logging.getLogger(__name__)


class NotAuthenticatedError(Exception):
    """Nobody is recognised. Always the same text, whatever is wrong with a token."""

    def __init__(self) -> None:
        super().__init__("The bearer token is missing or not valid.")


class KeysAwayError(Exception):
    """The public keys cannot be read, so nobody can be recognised now."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person in a role, or a service (role `service`, with its name).

    `tenant` is whose people they may see, None for someone who belongs to no single one. The id of a jobseeker is
    their participant id.
    """

    id: UUID
    role: str
    tenant: UUID | None = None
    service: str = ""

    def __str__(self) -> str:
        return f"{self.role}:{self.service or self.id}"

    @classmethod
    def of_service(cls, name: str) -> Self:
        """Return a service as an actor."""
        return cls(uuid5(_SERVICES, name), SERVICE, None, name)


class PublicKeys:
    """The JWK set at a path or URL, read again for an unknown key id, and when it has grown old."""

    def __init__(self, source: str, clock: Clock = system_clock) -> None:
        self._source = source
        self._clock = clock
        self._keys: dict[str, OKPKey] = {}
        self._read_at = datetime.min.replace(tzinfo=clock().tzinfo)
        self._reading = asyncio.Lock()

    async def find(self, id: str) -> OKPKey | None:  # noqa: A002  (the word of the standard)
        """Return a key, None when there is none with this id. Raises KeysAwayError when none was ever read."""
        if id not in self._keys or self._age() > KEYS_GROW_OLD:
            async with self._reading:
                await self._read_again()
        return self._keys.get(id)

    def _age(self) -> timedelta:
        return self._clock() - self._read_at

    async def _read_again(self) -> None:
        if self._keys and self._age() < KEYS_READ_APART:
            return
        try:
            self._keys = _ed25519_keys(await self._fetch())
        except (OSError, httpx.HTTPError, ValueError, JoseError) as away:
            if not self._keys:
                raise KeysAwayError from away
            _log.warning("the public keys could not be read again (%s), those known stay", type(away).__name__)
        self._read_at = self._clock()

    async def _fetch(self) -> bytes:
        if not self._source.startswith(("http://", "https://")):
            return await asyncio.to_thread(Path(self._source).read_bytes)
        async with httpx.AsyncClient(timeout=KEYS_READ_WITHIN.total_seconds()) as client:
            return (await client.get(self._source)).raise_for_status().content


def _ed25519_keys(document: bytes) -> dict[str, OKPKey]:
    keys = [key for key in json.loads(document)["keys"] if key.get("crv") == "Ed25519"]
    return {key["kid"]: OKPKey.import_key(key) for key in keys}


class Verifier:
    """Turns a token into an actor.

    `source` is the path or URL of the JWK set, `issuer` who issues people's tokens, `audience` the name of this
    service. People's tokens are for every service; a service signs its own, with its own key, for the one it calls.
    """

    def __init__(self, source: str, issuer: str, audience: str, clock: Clock = system_clock) -> None:
        self._keys = PublicKeys(source, clock)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._remembered: OrderedDict[bytes, tuple[Actor, float]] = OrderedDict()

    async def verify(self, token: str) -> Actor:
        """Return who a token says asks.

        A token is verified once and then remembered for a minute, not longer than it is valid. Raises
        NotAuthenticatedError, KeysAwayError.
        """
        digest = sha256(token.encode()).digest()
        actor, until = self._remembered.get(digest, (None, 0.0))
        if actor and self._clock().timestamp() < until:
            self._remembered.move_to_end(digest)
            return actor
        return await self._verify(token, digest)

    async def _verify(self, token: str, digest: bytes) -> Actor:
        try:
            claims, key_id = await self._claims(token)
            actor = self._service(claims, key_id) if key_id.startswith(SERVICE_KEY) else self._person(claims)
        except (JoseError, ValueError, KeyError, TypeError, RecursionError) as invalid:
            raise NotAuthenticatedError from invalid
        self._remember(digest, actor, claims["exp"])
        return actor

    async def _claims(self, token: str) -> tuple[dict[str, Any], str]:
        if len(token) > LARGEST_TOKEN:
            raise NotAuthenticatedError
        key_id = jws.extract_compact(token.encode()).headers()["kid"]
        key = await self._keys.find(key_id)
        if key is None:
            raise NotAuthenticatedError
        return jwt.decode(token, key, algorithms=[ALGORITHM]).claims, key_id

    def _person(self, claims: dict[str, Any]) -> Actor:
        self._check(claims, iss=self._issuer, aud=EVERY_SERVICE)
        role, tenant = str(claims["role"]), str(claims["tenant"])
        if not role.isidentifier() or role == SERVICE:
            raise NotAuthenticatedError
        return Actor(UUID(claims["sub"]), role, None if tenant == ALL_TENANTS else UUID(tenant))

    def _service(self, claims: dict[str, Any], key_id: str) -> Actor:
        self._check(claims, iss=key_id, sub=key_id, aud=self._audience)
        return Actor.of_service(key_id.removeprefix(SERVICE_KEY))

    def _check(self, claims: dict[str, Any], **expected: str) -> None:
        now = int(self._clock().timestamp())
        options = {name: jwt.ClaimsOption(essential=True, value=value) for name, value in expected.items()}
        always = {name: jwt.ClaimsOption(essential=True) for name in ("sub", "iat", "nbf", "exp")}
        jwt.JWTClaimsRegistry(now, int(LEEWAY.total_seconds()), **(always | options)).validate(claims)
        if claims["exp"] - now > LONGEST_LIFE.total_seconds():
            raise NotAuthenticatedError

    def _remember(self, digest: bytes, actor: Actor, expires: float) -> None:
        now = self._clock().timestamp()
        self._remembered[digest] = actor, min(expires, now + REMEMBERED_FOR.total_seconds())
        if len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
