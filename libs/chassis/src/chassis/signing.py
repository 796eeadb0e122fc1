"""Making the tokens that chassis.identity verifies: private keys, tokens of people and of services."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from json import dumps, loads
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import OKPKey

from chassis.clock import Clock, system_clock
from chassis.identity import ALGORITHM, ALL_TENANTS, EVERY_SERVICE, SERVICE_KEY, Actor


class SigningKey:
    """An Ed25519 private key with its key id."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self.id = str(key.kid)

    @classmethod
    def generate(cls, id: str) -> Self:  # noqa: A002  (the word of the standard)
        """Make a new key. The key of a service has the id `service:<name>`."""
        return cls(OKPKey.generate_key("Ed25519", {"kid": id, "use": "sig", "alg": ALGORITHM}))

    @classmethod
    def of_service(cls, name: str) -> Self:
        """Make a new key for a service."""
        return cls.generate(SERVICE_KEY + name)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a private JWK. Raises OSError, or ValueError when it is none."""
        return cls(OKPKey.import_key(loads(path.read_bytes())))

    def write(self, path: Path) -> None:
        """Write the private JWK to a new file that only this user reads. Raises FileExistsError."""
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(dumps(self._key.as_dict(private=True)))

    def public(self) -> dict[str, Any]:
        """Return the public JWK."""
        return dict(self._key.as_dict(private=False))

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a signed token."""
        return jwt.encode({"alg": ALGORITHM, "kid": self.id}, claims, self._key, algorithms=[ALGORITHM])


def published(keys: Iterable[SigningKey]) -> str:
    """Return the JWK set, as JSON, that verifiers read."""
    return dumps({"keys": [key.public() for key in keys]})


def person_token(
    key: SigningKey,
    actor: Actor,
    issuer: str = "waymark",
    life: timedelta = timedelta(minutes=10),
    clock: Clock = system_clock,
) -> str:
    """Return a token by which every service recognises a person."""
    tenant = str(actor.tenant) if actor.tenant else ALL_TENANTS
    claims = {"iss": issuer, "aud": EVERY_SERVICE, "sub": str(actor.id), "role": actor.role, "tenant": tenant}
    return key.sign(claims | _valid_for(life, clock))


class ServiceTokens:
    """A service's own tokens, signed with its own key, one for each service that it calls."""

    def __init__(self, key: SigningKey, clock: Clock = system_clock, life: timedelta = timedelta(minutes=5)) -> None:
        self._key = key
        self._clock = clock
        self._life = life
        self._made: dict[str, tuple[str, float]] = {}

    def to(self, audience: str) -> Callable[[], str]:
        """Return a function that gives a token for the service `audience`, valid for half its life at least."""
        return lambda: self._token(audience)

    def _token(self, audience: str) -> str:
        token, until = self._made.get(audience, ("", 0.0))
        now = self._clock().timestamp()
        if now < until:
            return token
        claims = {"iss": self._key.id, "sub": self._key.id, "aud": audience}
        token = self._key.sign(claims | _valid_for(self._life, self._clock))
        self._made[audience] = token, now + self._life.total_seconds() / 2
        return token


def _valid_for(life: timedelta, clock: Clock) -> dict[str, int]:
    now = int(clock().timestamp())
    return {"iat": now, "nbf": now, "exp": now + int(life.total_seconds())}
