"""Referrals in a CSV file: every row is either good or told with its row, its column and the reason.

A reason never repeats what the cell says. Row numbers are those that a spreadsheet shows: the header is row 1.
"""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from itertools import count
from typing import Any, Final

from referrals import person_details
from referrals.file_header import FileRefused, Header, choose_delimiter
from referrals.person_details import PersonDetails

LARGEST_FILE: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 50_000
NI_NUMBER_WITHOUT_SUFFIX: Final = 8

Check = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one cell, or a whole row (`column` is empty), cannot be brought in."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class ReferralRow:
    """One referral as the file gives it; `reference` is the sender's own number for it."""

    row: int
    person: PersonDetails
    reference: str | None = None
    coach: str | None = None
    referred_on: date | None = None
    accepted_on: date | None = None

    @property
    def identity(self) -> str:
        """What makes this row the same row in another file: its reference, else all it says."""
        return "reference " + self.reference if self.reference else self.content

    @property
    def content(self) -> str:
        """All that it says, by name and without what is empty: a column that comes to be known changes no other row."""
        said = {**asdict(self), **asdict(self.person)}
        told = {name: value for name, value in said.items() if name not in {"row", "person"} and value is not None}
        return json.dumps(told, default=str, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring in. `unknown_columns` are the spreadsheet letters of columns that nobody reads."""

    rows: tuple[ReferralRow, ...]
    errors: tuple[RowError, ...]
    unknown_columns: tuple[str, ...]


def preview(data: bytes, today: date, coaches: Collection[str], *, accepting: bool = True) -> Preview:
    """Return the good rows of a file and every error of the others.

    `coaches` are the codes that may be named; who is not `accepting` may not say who was accepted.

    Raises FileRefused when it cannot be read as a table of referrals at all.
    """
    text = _decoded(data)
    delimiter, text = choose_delimiter(text)
    records = ((row, cells) for row, cells in _records(text, delimiter) if cells is None or any(map(str.strip, cells)))
    header = Header.of(next(records, (0, None))[1])
    reader = _Reader(header, _checks(today, coaches, accepting=accepting))
    for row, cells in records:
        if reader.read == MOST_ROWS:
            message = f"has more than {MOST_ROWS:,} rows: send it in parts"
            raise FileRefused(message)
        reader.take(row, cells)
    return Preview(tuple(reader.rows), tuple(reader.errors), header.unknown)


class _Reader:
    """Checks row after row, and each against those before it."""

    def __init__(self, header: Header, checks: Mapping[str, Check]) -> None:
        self.rows: list[ReferralRow] = []
        self.errors: list[RowError] = []
        self.read = 0
        self._first_with: dict[tuple[str, str], int] = {}
        self._header = header
        self._checks = checks

    def take(self, row: int, cells: list[str] | None) -> None:
        self.read += 1
        before = len(self.errors)
        values = self._values(row, cells)
        if len(self.errors) == before:
            self._take_good(_referral_row(row, values))

    def _values(self, row: int, cells: list[str] | None) -> dict[str, Any]:
        if cells is None:
            self._refuse(row, "", "has a quotation mark that does not close, or a cell of enormous length")
            return {}
        if any(map(str.strip, cells[self._header.width :])):
            self._refuse(row, "", "has more cells than the header")
        return {column: self._value(row, column, cell) for column, cell in self._header.named(cells)}

    def _value(self, row: int, column: str, cell: str) -> Any:
        if not cell.strip():
            if column in self._header.required:
                self._refuse(row, column, "is empty")
            return None
        try:
            return self._checks[column](cell)
        except ValueError as reason:
            self._refuse(row, column, str(reason))

    def _take_good(self, row: ReferralRow) -> None:
        before = len(self.errors)
        if row.accepted_on is None and row.coach:
            self._refuse(row.row, "accepted_on", "is empty, though a coach is named")
        if row.accepted_on and row.referred_on and row.accepted_on < row.referred_on:
            self._refuse(row.row, "accepted_on", "lies before the day of the referral")
        self._refuse_second(row.row, "reference" if row.reference else "", row.identity)
        self._refuse_second(row.row, "ni_number", (row.person.ni_number or "")[:NI_NUMBER_WITHOUT_SUFFIX])
        if len(self.errors) == before:
            self.rows.append(row)

    def _refuse_second(self, row: int, column: str, value: str) -> None:
        first = self._first_with.setdefault((column, value), row) if value else row
        if first != row:
            self._refuse(row, column, f"is the same as in row {first}")

    def _refuse(self, row: int, column: str, reason: str) -> None:
        self.errors.append(RowError(row, column, reason))


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        message = f"is larger than {LARGEST_FILE // 1024**2} MB: send it in parts"
        raise FileRefused(message)
    if b"\0" in data:
        message = "has null bytes: save it as CSV in UTF-8"
        raise FileRefused(message)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = "is neither UTF-8 nor Windows-1252: save it as CSV in UTF-8"
    raise FileRefused(message)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Return each record with its number; None in place of one that is broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for row in count(1):
        try:
            yield row, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield row, None


def _checks(today: date, coaches: Collection[str], *, accepting: bool) -> dict[str, Check]:
    past_date = partial(person_details.past_date, today=today)
    return {
        "reference": person_details.line,
        "name": person_details.person_name,
        "preferred_name": person_details.person_name,
        "first_name": person_details.person_name,
        "last_name": person_details.person_name,
        "date_of_birth": partial(person_details.date_of_birth, today=today),
        "ni_number": person_details.ni_number,
        "email": person_details.email,
        "phone": person_details.phone,
        "address": person_details.note,
        "postcode": person_details.postcode,
        "notes": person_details.note,
        "coach": partial(_known_coach, coaches=coaches),
        "referred_on": past_date,
        "accepted_on": past_date if accepting else _nobody_accepts,
    }


def _nobody_accepts(_text: str) -> date:
    message = "can be said by the provider only"
    raise ValueError(message)


def _known_coach(text: str, coaches: Collection[str]) -> str:
    code = person_details.line(text).lower()
    if code not in coaches:
        message = "is not the code of a coach of this provider"
        raise ValueError(message)
    return code


def _referral_row(row: int, values: dict[str, Any]) -> ReferralRow:
    names = (values.pop("first_name", None), values.pop("last_name", None))
    values.setdefault("name", " ".join(filter(None, names)))
    person = {field: values.pop(field) for field in tuple(values) if field in PersonDetails.__slots__}
    return ReferralRow(row, PersonDetails(**person), **values)
