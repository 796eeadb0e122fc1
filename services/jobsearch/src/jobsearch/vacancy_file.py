"""Vacancies in a CSV file, plain or compressed by gzip: a row is a vacancy, a double or rejected, doubts are told.

A reason never repeats what the cell says. Row numbers are those that a spreadsheet shows: the header is row 1.
"""

import csv
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final
from uuid import UUID

from events.jobsearch import Vacancy
from jobsearch.vacancy import listing_id
from jobsearch.vacancy_row import Reading, RowRejectedError

LARGEST_FILE: Final = 32 * 1024 * 1024
LARGEST_UNPACKED: Final = 96 * 1024 * 1024
MOST_ROWS: Final = 100_000
MEGABYTE: Final = 1024 * 1024
GZIP: Final = b"\x1f\x8b"
ZIP: Final = b"PK\x03\x04"
FORMULA: Final = re.compile(r"^[\s']*[=+\-@\t\r]")
_ALIASES: Final = {
    "reference": "reference ref id job_id vacancy_id vacancy_reference identifier",
    "title": "title job_title vacancy position role",
    "employer": "employer company employer_name company_name organisation organization hiring_organization",
    "category": "category sector industry occupation",
    "description": "description job_description text details",
    "place": "place city town location job_location",
    "region": "region state county area",
    "contract": "contract job_type contract_type employment_type type",
    "hours": "hours hours_a_week hours_per_week weekly_hours",
    "pay": "pay salary salary_offered wage wages pay_offered",
    "link": "link url apply_url web_address",
    "posted_on": "posted_on posted date_posted posting_date",
    "closes_on": "closes_on closing_date closes valid_through expires_on deadline",
}
_COLUMNS: Final = {alias: column for column, aliases in _ALIASES.items() for alias in aliases.split()}


_BROKEN_ROW: Final = "has a quotation mark that does not close, or a cell of enormous length"
_TOO_MANY_CELLS: Final = "has more cells than the header"
_CHANGED_DOUBLE: Final = "came before in this file with other details"


class FileRefused(ValueError):  # noqa: N818  (it is an answer, not an error)
    """A file that cannot be read as a table of vacancies; the text says why, names the limit, and repeats no cell."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to say of one cell, or of a whole row (`column` is empty); whether the row is left out for it."""

    row: int
    column: str
    reason: str
    rejected: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring in: vacancies by id, how many rows were doubles, and every remark."""

    feed: str
    vacancies: Mapping[UUID, Vacancy]
    doubles: int
    remarks: tuple[Remark, ...]
    unread_columns: int

    @property
    def rejected(self) -> int:
        """How many rows are left out."""
        return len({remark.row for remark in self.remarks if remark.rejected})


def preview(data: bytes, feed: str) -> Preview:
    """Read a file of a feed.

    Raises FileRefused when it cannot be read as a table of vacancies at all.
    """
    records = _records(_decoded(unpacked(data)))
    header = _header(next(records, (0, None))[1])
    reader = _Reader(feed, header)
    for row, cells in records:
        if row > MOST_ROWS + 1:
            message = f"has more than {MOST_ROWS:,} rows: send it in parts"
            raise FileRefused(message)
        if cells is None or any(map(str.strip, cells)):
            reader.take(row, cells)
    return Preview(feed, reader.vacancies, reader.doubles, tuple(reader.remarks), header.count(None))


def unpacked(data: bytes) -> bytes:
    """Return what a gzip file holds, any other file as it is.

    Raises FileRefused past the limits; no more than the limit is ever unpacked.
    """
    if len(data) > LARGEST_FILE:
        message = f"is larger than {LARGEST_FILE // MEGABYTE} MB: send it in parts"
        raise FileRefused(message)
    if data.startswith(ZIP):
        message = "is a zip archive: send the CSV file itself, or compressed by gzip"
        raise FileRefused(message)
    if not data.startswith(GZIP):
        return data
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = unpacking.decompress(data, LARGEST_UNPACKED + 1)
    except zlib.error as broken:
        message = "is a broken gzip file"
        raise FileRefused(message) from broken
    if len(content) > LARGEST_UNPACKED:
        message = f"unpacks to more than {LARGEST_UNPACKED // MEGABYTE} MB: send it in parts"
        raise FileRefused(message)
    if not unpacking.eof:
        message = "is a gzip file that ends too early"
        raise FileRefused(message)
    return content


def report(remarks: tuple[Remark, ...]) -> Iterator[str]:
    """Return remarks as the lines of a CSV file."""
    yield "row,column,kind,reason\r\n"
    for remark in remarks:
        line = io.StringIO(newline="")
        kind = "rejected" if remark.rejected else "warning"
        csv.writer(line).writerow([remark.row, remark.column, kind, safe_cell(remark.reason)])
        yield line.getvalue()


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if FORMULA.match(text) else text


class _Reader:
    """Takes row after row, each against those before it."""

    def __init__(self, feed: str, header: tuple[str | None, ...]) -> None:
        self.vacancies: dict[UUID, Vacancy] = {}
        self.remarks: list[Remark] = []
        self.doubles = 0
        self._feed = feed
        self._header = header

    def take(self, row: int, cells: list[str] | None) -> None:
        try:
            reading = Reading.of(self._named(cells))
            id_ = listing_id(self._feed, reading.identity)
            if self._is_double(id_, reading):
                self.doubles += 1
                return
            self.vacancies[id_] = reading.vacancy(self._feed)
        except RowRejectedError as rejected:
            self.remarks.append(Remark(row, rejected.column, str(rejected), rejected=True))
        else:
            self.remarks += [Remark(row, column, reason, rejected=False) for column, reason in reading.doubts]

    def _is_double(self, id_: UUID, reading: Reading) -> bool:
        if id_ not in self.vacancies:
            return False
        if reading.cells.get("reference") and reading.vacancy(self._feed) != self.vacancies[id_]:
            raise RowRejectedError(_CHANGED_DOUBLE, "reference")
        return True

    def _named(self, cells: list[str] | None) -> dict[str, str]:
        if cells is None:
            raise RowRejectedError(_BROKEN_ROW, "")
        if any(map(str.strip, cells[len(self._header) :])):
            raise RowRejectedError(_TOO_MANY_CELLS, "")
        padded = cells + [""] * (len(self._header) - len(cells))
        return {column: cell for column, cell in zip(self._header, padded, strict=False) if column}


def _header(cells: list[str] | None) -> tuple[str | None, ...]:
    columns = tuple(_COLUMNS.get(re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")) for cell in cells or ())
    known = [column for column in columns if column]
    for column in known:
        if known.count(column) > 1:
            message = f"has two columns for {column}"
            raise FileRefused(message)
    if "title" not in known:
        message = "needs a first row with a column called title"
        raise FileRefused(message)
    return columns


def _decoded(data: bytes) -> str:
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


def _records(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Return each record with its number; None in place of one that is broken."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for row in count(1):
        try:
            yield row, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield row, None
