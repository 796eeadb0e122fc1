"""Columns of a view's tables: the SQL type that holds a field's Python type, and how its values get there and back."""

import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from events.sealed import Sealed

SQL_TYPES: Final[Mapping[Any, LiteralString]] = {
    UUID: "uuid", str: "text", Sealed: "text", int: "bigint", float: "float8", bool: "boolean",
    datetime: "timestamptz", date: "date", bytes: "bytea",
}  # fmt: skip

Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `sql_type`. Only one that is no plain value (an array, jsonb) is changed on its way.

    A statement gets all its values as one array of `passed`, each as `written` has it; COPY gets them as `copied` has
    them. A row gets what `read` makes of a value that was selected as `selected`, anew each time: a fold may change it.
    """

    sql_type: LiteralString
    passed: LiteralString
    selected: LiteralString
    written: Change | None = None
    copied: Change | None = None
    read: Change | None = None

    def passing(self, values: Iterable[Any]) -> list[Any]:
        """Return values for a statement's array."""
        change = self.written
        return [value if value is None else change(value) for value in values] if change else list(values)


def plain(kinds: Iterable[Column]) -> bool:
    """Whether rows of these columns are stored as they are."""
    return not any(kind.read for kind in kinds)


def as_read(kinds: Sequence[Column], stored: Sequence[Any]) -> list[Any]:
    """Return a stored row's values as a row takes them."""
    return [_changed(kind.read, value) for kind, value in zip(kinds, stored, strict=True)]


def as_copied(kinds: Sequence[Column], values: Sequence[Any]) -> list[Any]:
    """Return a row's values as COPY takes them."""
    return [_changed(kind.copied, value) for kind, value in zip(kinds, values, strict=True)]


def column_of(hint: Any) -> Column:
    """Return the column for a field's type hint. Raises TypeError for a type that no column holds."""
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        (hint,) = [choice for choice in typing.get_args(hint) if choice is not types.NoneType]
    origin = typing.get_origin(hint) or hint
    if origin in {dict, list}:
        return Column("jsonb", "text", "text", json.dumps, Jsonb, json.loads)
    if origin is tuple and typing.get_args(hint)[1:] == (...,):
        array = _scalar(typing.get_args(hint)[0]) + "[]"
        return Column(array, "text", array, _array, list, tuple)
    kind = _scalar(hint)
    return Column(kind, kind, kind)


def _scalar(hint: Any) -> LiteralString:
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    for known, name in SQL_TYPES.items():
        if hint is known or (isinstance(hint, type) and issubclass(hint, known) and known is not int):
            return name
    message = f"a view column cannot hold {hint}"
    raise TypeError(message)


def _array(values: Iterable[Any]) -> str:
    """Return an array as PostgreSQL writes it: one inside an array of arrays would be taken apart with it."""
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def _changed(change: Change | None, value: Any) -> Any:
    return change(value) if change and value is not None else value
