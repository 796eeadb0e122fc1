"""The demo's keys: who signs tokens, each service's own key, the keyring's master key. Made once, read by us only."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from chassis.signing import SigningKey, published


def prepare(folder: Path, services: Sequence[str]) -> None:
    """Make the keys that are not there yet, and publish the public ones as a JWK set."""
    folder.mkdir(mode=0o700, exist_ok=True)
    keys = [_signing_key(people_key(folder), SigningKey.generate("people"))]
    keys += [_signing_key(service_key(folder, name), SigningKey.of_service(name)) for name in services]
    jwks(folder).write_text(published(keys))
    for secret in (master_key(folder), request_hash_key(folder)):
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_hex(32))


def people_key(folder: Path) -> Path:
    """Return the file of the private key that signs people's tokens."""
    return folder / "people.jwk"


def service_key(folder: Path, name: str) -> Path:
    """Return the file of a service's own private key."""
    return folder / f"{name}.jwk"


def jwks(folder: Path) -> Path:
    """Return the file of the public keys."""
    return folder / "jwks.json"


def master_key(folder: Path) -> Path:
    """Return the file of the keyring's master key, in production a key management service's."""
    return folder / "master.key"


def request_hash_key(folder: Path) -> Path:
    """Return the file of the key by which services remember requests without their content."""
    return folder / "request-hash.key"


def _signing_key(path: Path, new: SigningKey) -> SigningKey:
    if not path.exists():
        new.write(path)
    return SigningKey.read(path)
