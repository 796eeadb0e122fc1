"""The blind index: which words, normalised and hashed with a key that never leaves here, lead to which persons."""

import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from events.keyring import IndexKind
from keyring.wrapping_key import DIGEST_BYTES

IDENTITIES: Final[frozenset[IndexKind]] = frozenset({IndexKind.NI_NUMBER})
_NI_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{6}[A-D]?")
_PHONE: Final = re.compile(r"\+?[0-9]{6,15}")


class NotIndexableError(ValueError):
    """A text is not of the kind it is said to be. The text itself is never told."""


def words(kind: IndexKind, value: str) -> list[str]:
    """Return what `value` is found by: a name by each of its words, anything else as a whole.

    Raises NotIndexableError when nothing can be found by it.
    """
    found = [normal for part in _parts(kind, value) if (normal := _NORMAL[kind](part))]
    if not found:
        message = f"not a {kind}"
        raise NotIndexableError(message)
    return sorted(set(found))


def digest(index_key: bytes, kind: IndexKind, word: str) -> bytes:
    """Return the keyed digest of one normalised word, 16 bytes."""
    return hmac.digest(index_key, f"{kind}:{word}".encode(), "sha256")[:DIGEST_BYTES]


def _parts(kind: IndexKind, value: str) -> list[str]:
    return re.split(r"[\s,.-]+", value) if kind is IndexKind.NAME else [value]


def _name(word: str) -> str:
    """Fold case and accents, drop apostrophes: Seán O'Brien and SEAN OBRIEN are the same two words."""
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _email(text: str) -> str:
    return text.strip().casefold() if "@" in text else ""


def _phone(text: str) -> str:
    """Return a British number in its national form, another with its country's code."""
    compact = re.sub(r"^00", "+", re.sub(r"[\s().-]", "", text))
    national = re.sub(r"^\+440?", "0", compact)
    return national if _PHONE.fullmatch(national) else ""


def _postcode(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return ""


def _ni_number(text: str) -> str:
    """Return the eight signs that tell persons apart; the suffix letter does not and is often left out."""
    compact = re.sub(r"[\s-]", "", text).upper()
    return compact[:8] if _NI_NUMBER.fullmatch(compact) else ""


_NORMAL: Final[Mapping[IndexKind, Callable[[str], str]]] = {
    IndexKind.NAME: _name,
    IndexKind.EMAIL: _email,
    IndexKind.PHONE: _phone,
    IndexKind.POSTCODE: _postcode,
    IndexKind.DATE_OF_BIRTH: _date,
    IndexKind.NI_NUMBER: _ni_number,
}
