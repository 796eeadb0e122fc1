"""The first row of a referral file: which column is which, whatever the sender calls it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

_ALIASES: Final = {
    "reference": "reference ref referral_id referral_reference referral_number case_reference",
    "name": "name full_name participant participant_name customer_name client_name",
    "preferred_name": "preferred_name preferred known_as likes_to_be_called",
    "first_name": "first_name firstname forename forenames given_name given_names",
    "last_name": "last_name lastname surname family_name",
    "date_of_birth": "date_of_birth dob d_o_b birth_date born",
    "ni_number": "ni_number nino ni ni_no national_insurance national_insurance_number",
    "email": "email e_mail email_address e_mail_address",
    "phone": "phone phone_number telephone telephone_number tel mobile mobile_number contact_number",
    "address": "address home_address street_address",
    "postcode": "postcode post_code postal_code",
    "notes": "notes note comment comments remarks",
    "coach": "coach coach_code adviser advisor",
    "referred_on": "referred_on referral_date date_of_referral date_referred",
    "accepted_on": "accepted_on acceptance_date date_of_acceptance date_accepted",
}
_COLUMNS: Final = {alias: column for column, aliases in _ALIASES.items() for alias in aliases.split()}
_DELIMITERS: Final = ",;\t"
_SPREADSHEET_HINT: Final = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


class FileRefused(ValueError):  # noqa: N818  (it is an answer, not an error)
    """A file that cannot be read as a table of referrals; the text says why and never what is in it."""


@dataclass(frozen=True, slots=True)
class Header:
    """Columns in the order of the file; None where nobody reads one."""

    columns: tuple[str | None, ...]

    @classmethod
    def of(cls, cells: list[str] | None) -> Self:
        """Read a header.

        Raises FileRefused when a name is missing or a column stands twice.
        """
        header = cls(tuple(_COLUMNS.get(_word(cell)) for cell in cells or ()))
        known = [column for column in header.columns if column]
        for column in known:
            if known.count(column) > 1:
                message = f"has two columns for {column}"
                raise FileRefused(message)
        if not set(header.required) <= set(known):
            message = "needs a first row with a column called name, or two called first_name and last_name"
            raise FileRefused(message)
        return header

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that may not be empty."""
        whole = "name" in self.columns or "last_name" not in self.columns
        return ("name",) if whole else ("first_name", "last_name")

    @property
    def width(self) -> int:
        """How many cells a row may fill."""
        return len(self.columns)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The spreadsheet letters of columns that nobody reads: their titles may be somebody's data."""
        return tuple(_letters(index) for index, column in enumerate(self.columns) if column is None)

    def named(self, cells: list[str]) -> Iterator[tuple[str, str]]:
        """Return each known column with its cell, an absent one empty."""
        padded = cells + [""] * (self.width - len(cells))
        return ((column, cell) for column, cell in zip(self.columns, padded, strict=False) if column)


def choose_delimiter(text: str) -> tuple[str, str]:
    """Return the delimiter under which the header makes most sense, and the text after a `sep=` line."""
    if hint := _SPREADSHEET_HINT.match(text):
        return hint[1], text[hint.end() :]
    first = next(filter(str.strip, text.splitlines()), "")
    return max(_DELIMITERS, key=lambda delimiter: _known_columns(first, delimiter)), text


def _known_columns(first: str, delimiter: str) -> int:
    return sum(_word(cell) in _COLUMNS for cells in csv.reader([first], delimiter=delimiter) for cell in cells)


def _word(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")


def _letters(index: int) -> str:
    letters = ""
    while index >= 0:
        index, letter = divmod(index, 26)
        letters = chr(ord("A") + letter) + letters
        index -= 1
    return letters
