"""Sealed words on their way to a page: all of them are opened at once, then each takes its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from chassis.keyring import Keyring
from events.sealed import Sealed

Plain = Mapping[Sealed, str | None]


def _plain(text: Sealed | None, info: ValidationInfo) -> str | None:
    plain: Plain = info.context or {}
    return None if text is None else plain[text]


def _values(some: Mapping[Any, Any]) -> list[Any]:
    return list(some.values())


Opened = Annotated[
    str | None, BeforeValidator(_plain), Field(description="Null when nothing was said, or the data is erased.")
]
AsList = BeforeValidator(_values)


class Shown(BaseModel):
    """A part of a page, made of an entry with the same fields: what is sealed there is opened here."""

    model_config = ConfigDict(from_attributes=True)


async def opened(keyring: Keyring, *parts: object) -> Plain:
    """Open every sealed word in some dataclasses, and in the lists and dictionaries in them."""
    found = list(dict.fromkeys(sealed for part in parts for sealed in sealed_in(part)))
    return dict(zip(found, await keyring.open_many(found), strict=True))


def sealed_in(value: object) -> Iterator[Sealed]:
    """Return every sealed word in a value."""
    if isinstance(value, Sealed):
        yield value
    elif is_dataclass(value):
        yield from _each(getattr(value, field.name) for field in fields(value))
    elif isinstance(value, BaseModel):
        yield from _each(getattr(value, name) for name in type(value).model_fields)
    elif isinstance(value, Mapping):
        yield from _each(value.values())
    elif isinstance(value, list | tuple):
        yield from _each(value)


def _each(values: Iterable[object]) -> Iterator[Sealed]:
    for value in values:
        yield from sealed_in(value)
