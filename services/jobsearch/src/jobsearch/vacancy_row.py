"""One row of a vacancy file, made a vacancy: what is missing stays missing, and doubts are told."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Self
from urllib.parse import urlsplit

from events.jobsearch import Contract, Vacancy
from events.published import LONGEST_LINE, LONGEST_TEXT
from jobsearch.mending import BeyondMendingError, mend, tidy
from jobsearch.pay import Pay, read_pay
from jobsearch.places import Whereabouts, gazetteer

MOST_HOURS: Final = 100
EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 1, 1)
DATE_FORMS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")
HOURS: Final = re.compile(
    r"(\d{1,3}(?:\.\d{1,2})?)(?:\s*(?:-|\u2013|to)\s*(\d{1,3}(?:\.\d{1,2})?))?\s*"
    r"(?:h|hrs?|hours?)?\s*(?:/|per|a|p\.?)?\s*w?(?:k|eek)?",
    re.IGNORECASE,
)
PART_TIME: Final = re.compile(r"\bpart[ -]?time\b", re.IGNORECASE)
FULL_TIME: Final = re.compile(r"\bfull[ -]?time\b", re.IGNORECASE)
CONTRACTS: Final = (
    (Contract.APPRENTICESHIP, re.compile(r"\bapprentice", re.IGNORECASE)),
    (Contract.VOLUNTEER, re.compile(r"\bvolunt(?:eer|ary)", re.IGNORECASE)),
    (Contract.SELF_EMPLOYED, re.compile(r"\b(?:self[ -]?employed|freelance)", re.IGNORECASE)),
    (Contract.TEMPORARY, re.compile(r"\b(?:temp\b|temporary|seasonal|casual)", re.IGNORECASE)),
    (Contract.FIXED_TERM, re.compile(r"\b(?:contract\b|fixed[ -]?term|ftc\b)", re.IGNORECASE)),
    (Contract.PERMANENT, re.compile(r"\bpermanent\b", re.IGNORECASE)),
)
_EMPTY: Final = "is empty"
_UNCERTAIN: Final = "is no town that is known for certain: its distance is not known"
_NO_AMOUNT: Final = "names no amount in pounds for a time: it is shown as it is written"
_NO_DAY: Final = "is no date such as 2026-03-31 or 31/03/2026"
MULTILINE: Final = frozenset({"description"})
SHORT: Final = 100
"""Cells of at most so many characters are read once: most of a file's are the same as others."""
_locate = lru_cache(maxsize=8_192)(lambda place, region: gazetteer().locate(place, region))
_mend_short = lru_cache(maxsize=8_192)(mend)
_read_short_pay = lru_cache(maxsize=8_192)(read_pay)


class RowRejectedError(ValueError):
    """A row that is no vacancy: its column, and why."""

    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass
class Reading:
    """A row on its way: its cells as they were meant, and what is doubtful about them by column."""

    cells: Mapping[str, str]
    doubts: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, raw: Mapping[str, str]) -> Self:
        """Mend the cells of a row. Raises RowRejectedError for one that cannot be mended."""
        reading = cls({})
        reading.cells = {column: reading._mended(column, cell) for column, cell in raw.items()}
        return reading

    @property
    def identity(self) -> str:
        """What makes this row the same in another file: its reference, else all it says."""
        if self.cells.get("reference"):
            return "reference " + self.cells["reference"]
        return "\n".join(f"{column}={cell}" for column, cell in sorted(self.cells.items()) if cell)

    def vacancy(self, feed: str) -> Vacancy:
        """Return the vacancy. Raises RowRejectedError for a row without a title."""
        title = self._line("title")
        if not title:
            raise RowRejectedError(_EMPTY, "title")
        return Vacancy(
            source=feed,
            title=title,
            employer=self._line("employer"),
            category=_without_jobs(self._line("category")),
            description=(self.cells.get("description") or "")[:LONGEST_TEXT] or None,
            link=self._read("link", _link, "is no web address"),
            posted_on=self._read("posted_on", _day, _NO_DAY),
            closes_on=self._read("closes_on", _day, _NO_DAY),
            **self._place(),
            **self._terms(),
            **self._pay(),
        )

    def _place(self) -> dict[str, Any]:
        place, region = self._line("place"), self._line("region")
        where: Whereabouts = _locate(place or "", region or "")
        town = where.town
        if self.cells.get("region") == "":
            self._doubt("region", _EMPTY)
        if where.abroad:
            self._doubt("place", "is abroad: it is kept out of searches")
        elif town is None and "place" in self.cells:
            self._doubt("place", _UNCERTAIN if place else _EMPTY)
        point = {"latitude": town.point.latitude, "longitude": town.point.longitude} if town else {}
        return {"place": place, "region": region, "town": town.id if town else None, "abroad": where.abroad, **point}

    def _terms(self) -> dict[str, Any]:
        kind = self._line("contract") or ""
        hours = self._read("hours", _hours, "is no number of hours a week") or (None, None)
        part_time = bool(PART_TIME.search(kind)) if PART_TIME.search(kind) or FULL_TIME.search(kind) else None
        contract = next((contract for contract, written in CONTRACTS if written.search(kind)), None)
        if kind and contract is None and part_time is None:
            self._doubt("contract", "is no kind of contract that is known")
        return {"contract": contract, "part_time": part_time, "hours_least": hours[0], "hours_most": hours[1]}

    def _pay(self) -> dict[str, Any]:
        text = self._line("pay")
        pay = _read_pay(text or "")
        if "pay" in self.cells and pay.period is None:
            self._doubt("pay", _NO_AMOUNT if text else _EMPTY)
        return {"pay_least": pay.least, "pay_most": pay.most, "pay_period": pay.period, "pay_text": text}

    def _line(self, column: str) -> str | None:
        cell = self.cells.get(column) or ""
        if len(cell) > LONGEST_LINE:
            self._doubt(column, f"is longer than {LONGEST_LINE} characters: the rest is left out")
        return cell[:LONGEST_LINE].strip() or None

    def _read(self, column: str, read: Callable[[str], Any], reason: str) -> Any:
        cell = self.cells.get(column)
        value = read(cell) if cell else None
        if cell and value is None:
            self._doubt(column, reason + ": it is left out")
        return value

    def _mended(self, column: str, cell: str) -> str:
        try:
            mended = "\n".join(_lines(cell)).rstrip("\n") if column in MULTILINE else _mend_cell(cell)
        except BeyondMendingError as broken:
            raise RowRejectedError(str(broken), column) from broken
        if column not in MULTILINE and not cell.isascii() and mended != tidy(cell):
            self._doubt(column, "was decoded wrongly: it is mended")
        return mended

    def _doubt(self, column: str, reason: str) -> None:
        self.doubts.append((column, reason))


def _mend_cell(cell: str) -> str:
    return _mend_short(cell) if len(cell) <= SHORT else mend(cell)


def _read_pay(text: str) -> Pay:
    return _read_short_pay(text) if len(text) <= SHORT else read_pay(text)


def _lines(text: str) -> Iterator[str]:
    """Return the lines of a longer text, blank ones once, none of them first."""
    blank = True
    for line in map(mend, text.splitlines()):
        if line or not blank:
            yield line
        blank = not line


def _without_jobs(category: str | None) -> str | None:
    return re.sub(r"\s+jobs$", "", category, flags=re.IGNORECASE) if category else None


def _link(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    plain = parts.scheme in {"http", "https"} and parts.netloc and not re.search(r"[\s<>\"]", text)
    return text if plain and len(text) <= LONGEST_LINE else None


def _day(text: str) -> date | None:
    for form in DATE_FORMS:
        try:
            day = datetime.strptime(text[:40], form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        return day if EARLIEST <= day <= LATEST else None
    return None


def _hours(text: str) -> tuple[float, float] | None:
    found = HOURS.fullmatch(text)
    if not found:
        return None
    least = float(found[1])
    most = float(found[2] or found[1])
    return (least, most) if 0 < least <= most <= MOST_HOURS else None
