"""The keyring's client: seals and opens personal data with keys that it holds for at most four seconds."""

import time
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from os import urandom
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeVar
from uuid import UUID

import httpx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.telemetry import current_traceparent
from events.fact import Fact
from events.sealed import KeyOf, Sealed, sealed_fields

KEY_LIFETIME: Final = 4.0
PERSONS_A_REQUEST: Final = 1_000
_NONCE: Final = 12

_T = TypeVar("_T")


class KeyringAwayError(ConnectionError):
    """The keyring does not answer now. Transient: ask again later."""


class KeyringRefusedError(PermissionError):
    """The keyring answered that this service may not ask this, or asked it wrongly."""


class PersonIsErasedError(LookupError):
    """The person's keys were destroyed: nothing new is sealed about them."""


class UnknownKeyError(LookupError):
    """The keyring never made the key that a sealed text names, or was asked to find a key and not to make one."""


class BrokenSealError(ValueError):
    """A sealed text was altered, or moved to another person, fact or field."""


class Entry(NamedTuple):
    """One word to find a person by: `kind` is a value of events.keyring.IndexKind, `value` its plain text."""

    person: UUID
    kind: str
    value: str


class Term(NamedTuple):
    """One word that a sought person was indexed under."""

    kind: str
    value: str


class Found(NamedTuple):
    """Persons that match every term; not `complete` when there were more than the keyring tells at once."""

    persons: list[UUID]
    complete: bool


class _Held(NamedTuple):
    """A person's key as the keyring told it; `cipher` is None when it was destroyed, `until` a monotonic second."""

    key_id: str
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


class Keyring:
    """A connection to the keyring service. `token_source` returns this service's current token for it."""

    def __init__(
        self,
        url: str,
        token_source: Callable[[], str],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        timeout_seconds: float = 10.0,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout_seconds)
        self._token = token_source
        self._now = monotonic
        self._held: dict[str, _Held] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Forget every key and close the connections."""
        self._held.clear()
        await self._http.aclose()

    async def sealer(self, person: UUID, kind: KeyOf = KeyOf.PARTICIPANT, *, create: bool = True) -> Sealer:
        """Return what seals for `person`; the key is made when there is none and `create`.

        Raises PersonIsErasedError, UnknownKeyError (no key, not `create`), KeyringAwayError, KeyringRefusedError.
        """
        return (await self.sealers([person], kind, create=create))[person]

    async def sealers(
        self, persons: Iterable[UUID], kind: KeyOf = KeyOf.PARTICIPANT, *, create: bool = True
    ) -> dict[UUID, Sealer]:
        """Return what seals for each person. Raises as `sealer` does; all or none."""
        asked = {str(person): person for person in persons}
        held = await self._hold(asked, kind=kind, create=create)
        return {person: _sealer(person, held.get(text), kind) for text, person in asked.items()}

    async def open_many(self, sealed: Sequence[Sealed | None]) -> list[str | None]:
        """Return each plain text, None where there was none or the person is erased.

        Raises UnknownKeyError, BrokenSealError, KeyringAwayError, KeyringRefusedError.
        """
        held = await self._hold({text.split(":", 4)[3] for text in sealed if text is not None})
        return [None if text is None else _open(text, held) for text in sealed]

    async def index(self, entries: Iterable[Entry]) -> None:
        """Let persons be found by these words; each needs a key. Those of an erased person are dropped."""
        for batch in _batches(entries):
            told = [{"person": str(person), "kind": kind, "value": value} for person, kind, value in batch]
            await self._post("/index", {"entries": told})

    async def search(self, terms: Iterable[Term]) -> Found:
        """Return who was indexed under every one of the terms. Open what matters and compare: digests can collide."""
        answer = await self._post("/search", {"terms": [term._asdict() for term in terms]})
        return Found([UUID(person) for person in answer["persons"]], answer["complete"])

    async def identify(self, kind: str, values: Sequence[str]) -> list[UUID]:
        """Return, for each value of an identity kind (an NI number), the one person it belongs to; new where unknown.

        Raises KeyringRefusedError when a value is not of that kind.
        """
        persons: list[UUID] = []
        for batch in _batches(values):
            answer = await self._post("/identities", {"kind": kind, "values": batch})
            persons += [UUID(person) for person in answer["persons"]]
        return persons

    async def erase(self, person: UUID, aliases: Iterable[UUID] = ()) -> list[UUID]:
        """Destroy the keys of a person under all their ids, for ever. Return the ids that were not erased before."""
        ids = [str(person), *map(str, aliases)]
        answer = await self._post("/erase", {"person": ids[0], "aliases": ids[1:]})
        self._held = {held: key for held, key in self._held.items() if held not in ids}
        return [UUID(erased) for erased in answer["erased"]]

    async def rotate(self) -> None:
        """Wrap every key under a new wrapping key and destroy the old one: what was erased is now gone for good."""
        await self._post("/rotate", {})

    async def _hold(
        self, persons: Iterable[str], *, kind: KeyOf | None = None, create: bool = False
    ) -> Mapping[str, _Held]:
        now = self._now()
        self._held = {person: held for person, held in self._held.items() if held.until > now}
        held = {person: self._held.get(person) for person in persons}
        missing = [person for person, key in held.items() if key is None]
        for batch in _batches(missing):
            self._held |= await self._fetch(batch, kind, create=create)
        return {person: key for person in held if (key := held[person] or self._held.get(person))}

    async def _fetch(self, persons: Sequence[str], kind: KeyOf | None, *, create: bool) -> dict[str, _Held]:
        until = self._now() + KEY_LIFETIME
        if kind is None:
            answer = await self._post("/keys/opening", {"persons": persons})
        else:
            answer = await self._post("/keys/sealing", {"persons": persons, "kind": kind, "create": create})
        return {key["person"]: _held(key, until) for key in answer["keys"]}

    async def _post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        try:
            answer = await self._http.post(path, json=body, headers=self._headers())
        except httpx.TransportError as broken:
            message = f"the keyring does not answer: {type(broken).__name__}"
            raise KeyringAwayError(message) from broken
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            message = f"the keyring answers {answer.status_code}"
            raise KeyringAwayError(message)
        if not answer.is_success:
            message = f"the keyring refuses POST {path} with {answer.status_code}"
            raise KeyringRefusedError(message)
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    def _headers(self) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self._token()}", "traceparent": current_traceparent()}
        return {name: value for name, value in headers.items() if value}


def _held(key: Mapping[str, Any], until: float) -> _Held:
    cipher = AESGCM(b64decode(key["key"])) if key["key"] else None
    return _Held(key["key_id"], KeyOf(key["kind"]), cipher, until)


def _sealer(person: UUID, held: _Held | None, kind: KeyOf) -> Sealer:
    if held is None or held.kind is not kind:
        message = f"{person} has no key as {kind}"
        raise UnknownKeyError(message)
    if held.cipher is None:
        message = f"{person} is erased"
        raise PersonIsErasedError(message)
    return Sealer(person, UUID(held.key_id), held.kind, held.cipher)


def _open(text: Sealed, held: Mapping[str, _Held]) -> str | None:
    label, _, encoded = text.rpartition(":")
    _, _, key_id, person, _ = label.split(":", 4)
    key = held.get(person)
    if key is None or key.key_id != key_id:
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


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, PERSONS_A_REQUEST)):
        yield batch
