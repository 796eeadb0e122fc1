"""Sealing and opening texts with a person's data key: AES-256-GCM, bound to person, fact and field."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from os import urandom
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.fact import Fact
from events.sealed import KeyOf, Sealed, sealed_fields

_NONCE: Final = 12


class PersonIsErasedError(LookupError):
    """The person's keys were destroyed: nothing new is sealed about them."""


class UnknownKeyError(LookupError):
    """The keyring never made the key that a sealed text names, or was asked to find a key and not to make one."""


class BrokenSealError(ValueError):
    """A sealed text was altered, or moved to another person, fact or field."""


class DataKey(NamedTuple):
    """A person's key; `cipher` is None when it was destroyed, `until` the monotonic second up to which it is used."""

    id: str
    kind: KeyOf
    cipher: AESGCM | None
    until: float


class Sealer:
    """Seals for one person. Use it within the command that asked for it, never keep it."""

    __slots__ = ("_cipher", "_kind", "_label", "key_id", "person")

    def __init__(self, person: UUID, key_id: UUID, kind: KeyOf, cipher: AESGCM) -> None:
        self.person = person
        self.key_id = key_id
        self._kind = kind
        self._cipher = cipher
        self._label = f"sealed:1:{key_id}:{person}:"

    def seal(self, fact: type[Fact], field: str, plain: str) -> Sealed:
        """Return `plain` sealed for that field of that fact and for no other.

        Raises TypeError when the field is not marked as sealed with this kind of key.
        """
        label = self._label + _place(fact, field, self._kind)
        nonce = urandom(_NONCE)
        ciphertext = self._cipher.encrypt(nonce, plain.encode(), label.encode())
        return Sealed.trusted(label + ":" + urlsafe_b64encode(nonce + ciphertext).decode())


def sealer_of(person: UUID, key: DataKey | None, kind: KeyOf) -> Sealer:
    """Return what seals for `person` as a `kind`.

    Raises UnknownKeyError, PersonIsErasedError.
    """
    if key is None or key.kind is not kind:
        message = f"{person} has no key as {kind}"
        raise UnknownKeyError(message)
    if key.cipher is None:
        message = f"{person} is erased"
        raise PersonIsErasedError(message)
    return Sealer(person, UUID(key.id), kind, key.cipher)


def person_of(sealed: Sealed) -> str:
    """Return whose key opens a sealed text, without the cost of a UUID."""
    return sealed.split(":", 4)[3]


def open_sealed(sealed: Sealed, keys: Mapping[str, DataKey]) -> str | None:
    """Return the plain text, None when its key, looked up by the person, was destroyed.

    Raises UnknownKeyError, BrokenSealError.
    """
    label, _, encoded = sealed.rpartition(":")
    _, _, key_id, person, _ = label.split(":", 4)
    key = keys.get(person)
    if key is None or key.id != key_id:
        message = f"no key {key_id} is known for {person}"
        raise UnknownKeyError(message)
    return _opened(key.cipher, label, encoded) if key.cipher else None


def _opened(cipher: AESGCM, label: str, encoded: str) -> str:
    raw = urlsafe_b64decode(encoded)
    try:
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], label.encode()).decode()
    except InvalidTag:
        message = f"not what was sealed as {label}"
        raise BrokenSealError(message) from None


@lru_cache(maxsize=1024)
def _place(fact: type[Fact], field: str, kind: KeyOf) -> str:
    if sealed_fields(fact).get(field) is not kind:
        message = f"{fact.__name__}.{field} is not sealed with the key of a {kind}"
        raise TypeError(message)
    return f"{fact.type_name}:{field}"
