"""The keyring's client: seals and opens personal data with keys that it holds for at most four seconds."""

import asyncio
import time
from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeVar
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.sealing import (
    BrokenSealError,
    DataKey,
    PersonIsErasedError,
    Sealer,
    UnknownKeyError,
    open_sealed,
    person_of,
    sealer_of,
)
from chassis.telemetry import current_traceparent
from events.sealed import KeyOf, Sealed

__all__ = [
    "BrokenSealError",
    "Entry",
    "Found",
    "Keyring",
    "KeyringAwayError",
    "KeyringRefusedError",
    "PersonIsErasedError",
    "Sealer",
    "Term",
    "UnknownKeyError",
]

KEY_LIFETIME: Final = 4.0
ANSWER_WITHIN: Final = 10.0
PERSONS_A_REQUEST: Final = 1_000
# Less than the 5 s after which uvicorn closes a silent connection: one that is about to close is not used again.
IDLE_SECONDS: Final = 3.0
REPEATABLE: Final = frozenset({"/keys/opening", "/keys/sealing", "/index", "/search", "/identities"})

_T = TypeVar("_T")


class KeyringAwayError(ConnectionError):
    """The keyring does not answer now. Transient: ask again later."""


class KeyringRefusedError(PermissionError):
    """The keyring answered that this service may not ask this, or asked it wrongly."""


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


class Keyring:
    """A connection to the keyring service. `token_source` returns this service's current token for it."""

    def __init__(
        self,
        url: str,
        token_source: Callable[[], str],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        limits = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
        self._http = httpx.AsyncClient(base_url=url, trust_env=False, limits=limits)
        self._token = token_source
        self._now = monotonic
        self._held: dict[str, DataKey] = {}

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
        keys = await self._keys(asked, kind=kind, create=create)
        return {person: sealer_of(person, keys.get(text), kind) for text, person in asked.items()}

    async def open_many(self, sealed: Sequence[Sealed | None]) -> list[str | None]:
        """Return each plain text, None where there was none or the person is erased.

        Raises UnknownKeyError, BrokenSealError, KeyringAwayError, KeyringRefusedError.
        """
        keys = await self._keys({person_of(text) for text in sealed if text is not None})
        return [None if text is None else open_sealed(text, keys) for text in sealed]

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
        for erased in ids:
            self._held.pop(erased, None)
        return [UUID(erased) for erased in answer["erased"]]

    async def rotate(self) -> None:
        """Wrap every key under a new wrapping key and destroy the old one: what was erased is now gone for good."""
        await self._post("/rotate", {}, timeout_seconds=None)

    async def _keys(
        self, persons: Collection[str], *, kind: KeyOf | None = None, create: bool = False
    ) -> dict[str, DataKey]:
        now = self._now()
        keys = {person: key for person in persons if (key := self._held.get(person)) and key.until > now}
        for batch in _batches(person for person in persons if person not in keys):
            fresh = await self._fetch(batch, kind, create=create)
            self._hold(fresh)
            keys.update(fresh)
        return keys

    async def _fetch(self, persons: Sequence[str], kind: KeyOf | None, *, create: bool) -> dict[str, DataKey]:
        until = self._now() + KEY_LIFETIME
        if kind is None:
            answer = await self._post("/keys/opening", {"persons": persons})
        else:
            answer = await self._post("/keys/sealing", {"persons": persons, "kind": kind, "create": create})
        return {key["person"]: _data_key(key, until) for key in answer["keys"]}

    def _hold(self, fresh: Mapping[str, DataKey]) -> None:
        for person, key in fresh.items():
            self._held.pop(person, None)
            self._held[person] = key
        asyncio.get_running_loop().call_later(KEY_LIFETIME, self._forget_expired)

    def _forget_expired(self) -> None:
        """Drop keys, oldest first, up to the first that may still be used."""
        now = self._now()
        while self._held and next(iter(self._held.values())).until <= now:
            del self._held[next(iter(self._held))]

    async def _post(
        self, path: str, body: Mapping[str, object], *, timeout_seconds: float | None = ANSWER_WITHIN
    ) -> dict[str, Any]:
        try:
            answer = await self._answer(path, body, timeout_seconds)
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

    async def _answer(self, path: str, body: Mapping[str, object], timeout_seconds: float | None) -> httpx.Response:
        """Ask, and once more if the connection broke where asking twice changes nothing."""
        ask = partial(self._http.post, path, json=body, headers=self._headers(), timeout=timeout_seconds)
        try:
            return await ask()
        except (httpx.ReadError, httpx.RemoteProtocolError):
            if path not in REPEATABLE:
                raise
            return await ask()

    def _headers(self) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self._token()}", "traceparent": current_traceparent()}
        return {name: value for name, value in headers.items() if value}


def _data_key(key: Mapping[str, Any], until: float) -> DataKey:
    cipher = AESGCM(b64decode(key["key"])) if key["key"] else None
    return DataKey(key["key_id"], KeyOf(key["kind"]), cipher, until)


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, PERSONS_A_REQUEST)):
        yield batch
