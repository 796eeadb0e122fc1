"""What a referral says about a person, checked and brought into one form.

Each function takes a text as somebody typed it and returns it in the form that is kept. They raise ValueError with a
reason that never repeats the text.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

LONGEST_LINE: Final = 200
LONGEST_NOTE: Final = 4_000
YOUNGEST, OLDEST = 14, 110

_SPACE: Final = re.compile(r"\s+")
_EMAIL: Final = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[^@\s.,;<>\"]{1,63}\.)+[^@\s.,;<>\"]{2,63}")
_PHONE: Final = re.compile(r"(?:\+|00)[1-9][0-9]{7,14}|07[0-9]{9}|0[1-689][0-9]{8,9}")
_NATIONAL_NOUGHT: Final = re.compile(r"(?<=[0-9])\s*\(0\)")
_POSTCODE: Final = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
_NI_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{6}[A-D]?")
_NEVER_ISSUED: Final = re.compile(r"[DFIQUV].|.[DFIOQUV]|BG|GB|KN|NK|NT|TN|ZZ")
_PLACEHOLDER: Final = "QQ"
_DATE: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s/.-]+(\d{1,2}|[a-z]{3,9})[\s/.-]+(\d{4})")
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MIDNIGHT: Final = re.compile(r"[ t]00:00(:00)?$")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True, repr=False)
class PersonDetails:
    """Who is referred, in the form that is kept. It has no repr, so that no log line shows a person."""

    name: str
    date_of_birth: date | None = None
    ni_number: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    notes: str | None = None
    preferred_name: str | None = None


def line(text: str) -> str:
    """Return a text on one line, its blanks made single."""
    return _printable(_SPACE.sub(" ", text).strip(), LONGEST_LINE)


def note(text: str) -> str:
    """Return a text of several lines."""
    return _printable("\n".join(part.rstrip() for part in text.strip().splitlines()), LONGEST_NOTE)


def person_name(text: str) -> str:
    """Return a name: anything that has a letter."""
    name = line(text)
    if not any(character.isalpha() for character in name):
        message = "is not a name: it has no letter"
        raise ValueError(message)
    return name


def email(text: str) -> str:
    """Return an e-mail address, its domain in small letters."""
    address = line(text)
    if not _EMAIL.fullmatch(address):
        message = "is not an e-mail address such as name@example.org"
        raise ValueError(message)
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def phone(text: str) -> str:
    """Return a telephone number with its country code, a national one taken as British."""
    digits = _bare(_NATIONAL_NOUGHT.sub("", text))
    if not _PHONE.fullmatch(digits):
        message = "is not a telephone number such as 07700 900123 or +44 20 7946 0123"
        raise ValueError(message)
    if digits.startswith("00"):
        return "+" + digits[2:]
    return digits if digits.startswith("+") else "+44" + digits[1:]


def postcode(text: str) -> str:
    """Return a United Kingdom postcode with its blank."""
    parts = _POSTCODE.fullmatch(_bare(text).upper())
    if not parts:
        message = "is not a United Kingdom postcode such as M1 1AA"
        raise ValueError(message)
    return f"{parts[1]} {parts[2]}"


def ni_number(text: str) -> str:
    """Return a National Insurance number without blanks; its last letter may be left out.

    One that begins with QQ stands for nobody, and is taken.
    """
    number = _bare(text).upper()
    issued = number.startswith(_PLACEHOLDER) or not _NEVER_ISSUED.match(number)
    if not (_NI_NUMBER.fullmatch(number) and issued):
        message = "is not a National Insurance number such as QQ 12 34 56 C"
        raise ValueError(message)
    return number


def past_date(text: str, today: date) -> date:
    """Return a day that is not in the future, written day first or as year-month-day."""
    day = _calendar_day(_MIDNIGHT.sub("", line(text).lower()))
    if day > today:
        message = "lies in the future"
        raise ValueError(message)
    return day


def date_of_birth(text: str, today: date) -> date:
    """Return the date of birth of somebody old enough to be referred and young enough to be alive."""
    born = past_date(text, today)
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if not YOUNGEST <= age <= OLDEST:
        message = f"makes the person younger than {YOUNGEST} or older than {OLDEST}"
        raise ValueError(message)
    return born


def _calendar_day(text: str) -> date:
    if iso := _ISO_DATE.fullmatch(text):
        year, month, day = (int(part) for part in iso.groups())
    elif written := _DATE.fullmatch(text):
        day, month, year = int(written[1]), _month(written[2]), int(written[3])
    else:
        message = "is not a date such as 31/12/1990, 31 December 1990 or 1990-12-31"
        raise ValueError(message)
    try:
        return date(year, month, day)
    except ValueError as impossible:
        message = "is no day of the calendar (the day comes before the month)"
        raise ValueError(message) from impossible


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next((number for number, name in enumerate(_MONTHS, 1) if text.startswith(name)), 0)


def _bare(text: str) -> str:
    return re.sub(r"[\s().-]", "", line(text))


def _printable(text: str, longest: int) -> str:
    text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        message = f"is longer than {longest} characters"
        raise ValueError(message)
    if not (text.isprintable() or all(map(_may_stand, text))):
        message = "has characters that cannot be printed"
        raise ValueError(message)
    return text


def _may_stand(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"}
