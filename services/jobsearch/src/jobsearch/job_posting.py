"""Vacancies as schema.org/JobPosting, in and out."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from events.jobsearch import Contract, Vacancy

CONTEXT: Final = "https://schema.org"
KINDS: Final = {
    Contract.TEMPORARY: "TEMPORARY",
    Contract.FIXED_TERM: "CONTRACTOR",
    Contract.APPRENTICESHIP: "INTERN",
    Contract.VOLUNTEER: "VOLUNTEER",
    Contract.SELF_EMPLOYED: "OTHER",
}
WORDS: Final = {
    "TEMPORARY": "temporary", "CONTRACTOR": "contract", "INTERN": "apprenticeship", "VOLUNTEER": "volunteer",
    "FULL_TIME": "full-time", "PART_TIME": "part-time", "PER_DIEM": "casual", "PERMANENT": "permanent",
}  # fmt: skip


def posting_of(id_: UUID, vacancy: Vacancy) -> dict[str, Any]:
    """Return a vacancy as a JobPosting in JSON-LD; what is not given is left out."""
    posting = {
        "@context": CONTEXT,
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "name": vacancy.source, "value": str(id_)},
        "title": vacancy.title,
        "description": vacancy.description,
        "industry": vacancy.category,
        "datePosted": _iso(vacancy.posted_on),
        "validThrough": _iso(vacancy.closes_on),
        "employmentType": _employment(vacancy),
        "hiringOrganization": vacancy.employer and {"@type": "Organization", "name": vacancy.employer},
        "jobLocation": _location(vacancy),
        "baseSalary": _salary(vacancy),
        "workHours": _hours(vacancy),
        "url": vacancy.link,
    }
    return {name: value for name, value in posting.items() if value not in (None, [], "")}


def cells_of(posting: Mapping[str, Any]) -> dict[str, str]:
    """Return a JobPosting as the cells of a vacancy file's row: what reads those reads this too."""
    identifier = posting.get("identifier")
    address = _first(_first(posting.get("jobLocation")).get("address"))
    cells = {
        "reference": identifier.get("value") if isinstance(identifier, Mapping) else identifier,
        "title": posting.get("title"),
        "employer": _first(posting.get("hiringOrganization")).get("name"),
        "category": posting.get("industry"),
        "description": posting.get("description"),
        "place": address.get("addressLocality"),
        "region": address.get("addressRegion") or _foreign(address.get("addressCountry")),
        "contract": _written_kind(posting.get("employmentType")),
        "hours": posting.get("workHours"),
        "pay": _written_pay(_first(posting.get("baseSalary"))),
        "link": posting.get("url"),
        "posted_on": _day(posting.get("datePosted")),
        "closes_on": _day(posting.get("validThrough")),
    }
    return {column: str(cell) for column, cell in cells.items() if isinstance(cell, (str, int, float)) and cell != ""}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _employment(vacancy: Vacancy) -> list[str]:
    times = {True: ["PART_TIME"], False: ["FULL_TIME"]}
    kind = KINDS.get(vacancy.contract) if vacancy.contract else None
    return ([kind] if kind else []) + (times[vacancy.part_time] if vacancy.part_time is not None else [])


def _location(vacancy: Vacancy) -> dict[str, Any] | None:
    if not (vacancy.place or vacancy.region):
        return None
    address = {"@type": "PostalAddress", "addressLocality": vacancy.place, "addressRegion": vacancy.region}
    address["addressCountry"] = None if vacancy.abroad else "GB"
    place: dict[str, Any] = {"@type": "Place", "address": {name: said for name, said in address.items() if said}}
    if vacancy.latitude is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": vacancy.latitude, "longitude": vacancy.longitude}
    return place


def _salary(vacancy: Vacancy) -> dict[str, Any] | None:
    if vacancy.pay_period is None:
        return None
    given = {"minValue": vacancy.pay_least, "maxValue": vacancy.pay_most, "unitText": vacancy.pay_period.upper()}
    value = {"@type": "QuantitativeValue"} | {name: said for name, said in given.items() if said is not None}
    return {"@type": "MonetaryAmount", "currency": "GBP", "value": value}


def _hours(vacancy: Vacancy) -> str | None:
    if vacancy.hours_least is None:
        return None
    least, most = f"{vacancy.hours_least:g}", f"{vacancy.hours_most or vacancy.hours_least:g}"
    return f"{least} hours a week" if least == most else f"{least}-{most} hours a week"


def _first(value: Any) -> Mapping[str, Any]:
    """Return an object, the first of a list of them; an empty one for anything else."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return {"name": value}
    return value if isinstance(value, Mapping) else {}


def _foreign(country: Any) -> str | None:
    name = _first(country).get("name") if not isinstance(country, str) else country
    home = {"gb", "uk", "united kingdom", "great britain"}
    return name if isinstance(name, str) and name.casefold() not in home else None


def _written_kind(kind: Any) -> str | None:
    kinds = kind if isinstance(kind, list) else [kind]
    return ", ".join(WORDS[one] for one in kinds if isinstance(one, str) and one in WORDS) or None


def _written_pay(salary: Mapping[str, Any]) -> str | None:
    value = salary.get("value")
    given = value if isinstance(value, Mapping) else {"value": value}
    amounts = [given.get(name) for name in ("minValue", "maxValue", "value")]
    written = " - ".join(_money(amount) for amount in amounts if isinstance(amount, (int, float)))
    unit = str(given.get("unitText") or salary.get("unitText") or "").lower()
    currency = str(salary.get("currency") or "GBP")
    sign = "£" if currency == "GBP" else currency + " "
    return f"{sign}{written} per {unit}" if written and unit else None


def _money(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def _day(moment: Any) -> str | None:
    return moment[:10] if isinstance(moment, str) else None
