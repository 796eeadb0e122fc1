"""What every fact has in common, and where a stored type name finds its class."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

TYPE_NAME: Final = re.compile(r"waymark\.[a-z]+\.[A-Z][A-Za-z]+\.v[1-9][0-9]*")

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class UnknownFactError(LookupError):
    """No class is known under a type name: this reader is older than the fact."""


class Fact(BaseModel):
    """Something that happened: stored, told and kept for ever under its type name.

    `occurred_at` is when it happened, with an offset; when it was learned stands in the envelope.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True, defer_build=True
    )
    type_name: ClassVar[str]

    occurred_at: AwareDatetime
    """When it happened; a late entry sets it in the past."""

    def __init_subclass__(cls, *, type_name: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not TYPE_NAME.fullmatch(type_name):
            message = f"{type_name} is not a type name such as waymark.referrals.ReferralAccepted.v1"
            raise TypeError(message)
        if type_name in _known or type_name in _upcasters:
            message = f"{type_name} is already taken"
            raise TypeError(message)
        cls.type_name = type_name
        _known[type_name] = cls


_known: dict[str, type[Fact]] = {}
_upcasters: dict[str, tuple[str, Upcaster]] = {}


def known_facts() -> dict[str, type[Fact]]:
    """Return every fact class by type name."""
    return dict(_known)


def upcast(old: str, new: str, upcaster: Upcaster) -> None:
    """Read facts stored under the type name `old` as `new`; `upcaster` turns the raw old form into the raw new one.

    `new` may itself be an old name: a fact is brought up one version after another.

    Raises TypeError when `old` is already taken.
    """
    if old in _known or old in _upcasters:
        message = f"{old} is already taken"
        raise TypeError(message)
    _upcasters[old] = (new, upcaster)


def read(type_name: str, raw: bytes) -> Fact:
    """Return the fact that `raw` (JSON) tells under `type_name`, an old form brought up to today's.

    Raises UnknownFactError for a type name that nobody registered, pydantic.ValidationError for a broken fact.
    """
    fact = _known.get(type_name)
    return fact.model_validate_json(raw) if fact else _read_old(type_name, raw)


def type_read_as(type_name: str) -> type[Fact] | None:
    """Return the class that facts stored under `type_name` are read as, or None when it is unknown here."""
    while type_name in _upcasters:
        type_name = _upcasters[type_name][0]
    return _known.get(type_name)


def names_read_as(fact: type[Fact]) -> frozenset[str]:
    """Return the type names, today's and old ones, whose facts are read as `fact`."""
    return frozenset(name for name in (*_known, *_upcasters) if type_read_as(name) is fact)


def _read_old(type_name: str, raw: bytes) -> Fact:
    from pydantic_core import from_json  # noqa: PLC0415  (only an old form needs it)

    data = from_json(raw)
    while type_name in _upcasters:
        type_name, upcaster = _upcasters[type_name]
        data = upcaster(data)
    if type_name not in _known:
        message = f"no fact is known as {type_name}"
        raise UnknownFactError(message)
    return _known[type_name].model_validate(data)
