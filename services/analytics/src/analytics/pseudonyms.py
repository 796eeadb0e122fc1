"""Other names for ids: the same id has the same pseudonym under one key, and nobody finds the way back without it."""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final
from uuid import UUID

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# Organisations and programmes are nobody's secret, and what a number is told apart by.
_TOLD: Final = re.compile(rf'"(?:provider_id|programme_id)":"{_UUID}"|({_UUID})')


class Pseudonyms:
    """Pseudonyms under one key."""

    def __init__(self, key: bytes) -> None:
        """Take the key, of 16 to 64 bytes."""
        self._key = key
        self._known: dict[str, str] = {}

    def of(self, id: UUID) -> UUID:  # noqa: A002  (as everywhere)
        """Return the pseudonym of an id."""
        return UUID(self._of(str(id)))

    def of_text(self, text: str) -> str:
        """Return the pseudonym of an id that is written in a way of its own."""
        return self._of(text)

    def veiled(self, text: str) -> str:
        """Return a text with a pseudonym in the place of each id that it holds."""
        return _TOLD.sub(self._veil, text)

    def find(self, pseudonym: UUID, among: Iterable[UUID]) -> UUID | None:
        """Return whose pseudonym this is, None when it is nobody's among these."""
        return next((id for id in among if self.of(id) == pseudonym), None)  # noqa: A001

    def _veil(self, found: re.Match[str]) -> str:
        return self._of(found[1]) if found[1] else found[0]

    def _of(self, id: str) -> str:  # noqa: A002
        if id not in self._known:
            digest = blake2b(id.encode(), key=self._key, digest_size=16).digest()
            self._known[id] = str(UUID(bytes=digest, version=4))
        return self._known[id]
