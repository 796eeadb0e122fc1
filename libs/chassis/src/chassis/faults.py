"""What is wrong with what somebody sent, in plain words and without what was sent, and text that says something."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from pydantic import AfterValidator

BLANK: Final = frozenset("ZC")
"""The first letters of Unicode's categories of what nobody sees: separators, controls, formats."""

_DAYLESS: Final = "It is not a day, like 2026-03-31"
_MOMENTLESS: Final = "It is not a day and a time, like 2026-03-31T14:30:00Z"
_NUMBERLESS: Final = "It is not a number"
_PLAIN: Final[Mapping[str, str]] = {
    "missing": "It is needed",
    "extra_forbidden": "It is not known here",
    "string_type": "It is not text",
    "string_pattern_mismatch": "It is not written as it should be",
    "enum": "It is none of the choices",
    "literal_error": "It is none of the choices",
    "union_tag_invalid": "It is none of the choices",
    "bool_parsing": "It is neither yes nor no",
    "bool_type": "It is neither yes nor no",
    "uuid_parsing": "It is not a UUID",
    "uuid_type": "It is not a UUID",
    "list_type": "It is not a list",
    "tuple_type": "It is not a list",
    "dict_type": "It is not an object",
    "model_attributes_type": "It is not an object",
    "timezone_aware": "Its time zone is missing",
    "json_invalid": "It is not JSON",
    "finite_number": _NUMBERLESS,
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "int_parsing_size"), "It is not a whole number"),
    **dict.fromkeys(("float_parsing", "float_type", "decimal_parsing", "decimal_type"), _NUMBERLESS),
    **dict.fromkeys(("date_parsing", "date_type", "date_from_datetime_parsing"), _DAYLESS),
    "date_from_datetime_inexact": _DAYLESS,
    **dict.fromkeys(("datetime_parsing", "datetime_type", "datetime_from_date_parsing"), _MOMENTLESS),
    "datetime_object_invalid": _MOMENTLESS,
}


def in_a_sentence(found: Mapping[str, Any]) -> str:
    """Return what pydantic found wrong, without what was sent: some of pydantic's messages quote it."""
    kind, message = str(found["type"]), str(found["msg"])
    if kind == "value_error":
        said = message.removeprefix("Value error, ")
        return f"It {said}" if said.startswith(("is ", "has ")) else said[:1].upper() + said[1:]
    if plain := _PLAIN.get(kind):
        return plain
    if numbered := _NUMBERED.get(kind):
        return numbered(found.get("ctx") or {}, found.get("input"))
    return message.partition(",")[0] if kind.endswith(("_parsing", "_syntax_violation")) else message


def _too_long(limits: Mapping[str, Any], sent: object) -> str:
    wrote = f", you wrote {len(sent):,}" if isinstance(sent, str) else ""
    return f"It is too long: {limits['max_length']:,} characters at most{wrote}"


def _too_short(limits: Mapping[str, Any], sent: object) -> str:
    if not sent:
        return "It is empty"
    wrote = f", you wrote {len(sent):,}" if isinstance(sent, str) else ""
    return f"It is too short: {limits['min_length']:,} characters at least{wrote}"


def _too_many(limits: Mapping[str, Any], _sent: object) -> str:
    return f"There are too many: {limits['max_length']:,} at most"


def _too_few(limits: Mapping[str, Any], _sent: object) -> str:
    return f"There are too few: {limits['min_length']:,} at least"


def _digits(limits: Mapping[str, Any], _sent: object) -> str:
    places = limits.get("decimal_places")
    return "It has too many digits" if places is None else f"It has more than {places} digits after the point"


def _bound(name: str, of_numbers: str, of_days: str) -> Callable[[Mapping[str, Any], object], str]:
    """Return what says that something is beyond a bound, which is a number or a day."""

    def said(limits: Mapping[str, Any], _sent: object) -> str:
        bound = limits[name]
        if isinstance(bound, str | date):
            day = date.fromisoformat(str(bound)[:10])
            return f"It has to be {of_days} {day.day} {day:%B} {day.year}"
        whole = int(bound) if bound == int(bound) else bound
        return f"It has to be {of_numbers.format(f'{whole:,}')}"

    return said


_NUMBERED: Final[Mapping[str, Callable[[Mapping[str, Any], object], str]]] = {
    "string_too_long": _too_long,
    "string_too_short": _too_short,
    "too_long": _too_many,
    "too_short": _too_few,
    "greater_than": _bound("gt", "more than {}", "after"),
    "greater_than_equal": _bound("ge", "{} or more", "from or after"),
    "less_than": _bound("lt", "less than {}", "before"),
    "less_than_equal": _bound("le", "{} or less", "until or before"),
    "decimal_max_digits": _digits,
    "decimal_max_places": _digits,
    "decimal_whole_digits": _digits,
}


def says_something(text: str) -> str:
    """Return a text as it is. Raises ValueError where there is nothing in it that anybody could read."""
    if all(unicodedata.category(character)[0] in BLANK for character in text):
        message = "has no words"
        raise ValueError(message)
    return text


SAYS_SOMETHING: Final = AfterValidator(says_something)
"""What makes a text of a form one that holds something besides white space."""
