"""Vacancies that fit what a person told of themselves: found by their wishes, with what fits said in words."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from chassis.database import Connection
from events.jobsearch import Contract, PayPeriod
from jobsearch.places import Gazetteer
from jobsearch.vacancy_search import Hit, Wording, worded
from jobsearch.views.profiles import ProfileRow
from jobsearch.views.search import Criteria

MILES: Final = 15
"""How far to look for somebody who named a town and no distance."""
WISHES: Final = 8


def criteria_of(profile: ProfileRow, gazetteer: Gazetteer, today: date) -> Criteria:
    """Return what a person's profile asks of a vacancy, but for the work."""
    town = gazetteer.towns.get(profile.town) if profile.town else None
    return Criteria(
        today,
        latitude=town.point.latitude if town else None,
        longitude=town.point.longitude if town else None,
        miles=(MILES if profile.miles is None else profile.miles) if town else None,
        pay_least=profile.pay_least,
        pay_period=PayPeriod(profile.pay_period) if profile.pay_period else PayPeriod.YEAR,
        hours_least=profile.hours_least,
        hours_most=profile.hours_most,
        contracts=tuple(map(Contract, profile.contracts)),
    )


async def wished(connection: Connection, work: str) -> tuple[str, Wording]:
    """Return the query that finds any of the wanted kinds of work, apart by commas, and the phrases of all of them."""
    wishes = [await worded(connection, wish) for wish in work.split(",")[:WISHES] if wish.strip()]
    wishes = [wish for wish in wishes if wish.queries]
    phrases = tuple(phrase for wish in wishes for phrase in wish.phrases)
    queries = tuple(query for wish in wishes for query in wish.queries)
    return " | ".join(f"({wish.all})" for wish in wishes), Wording(phrases, queries)


def fits_of(criteria: Criteria, hit: Hit, town: str | None) -> Sequence[str]:
    """Return in words what of a vacancy is as the person wishes, beside the work itself."""
    return list(_fits(criteria, hit, town))


def _fits(criteria: Criteria, hit: Hit, town: str | None) -> Iterator[str]:
    wrong = hit.mismatch.kind if hit.mismatch else ""
    if hit.miles is not None and town and wrong != "too_far":
        yield f"{hit.miles:.0f} miles from {town}" if hit.miles >= 1 else f"in {town}"
    if criteria.pay_least is not None and hit.row.pay_text and not wrong.startswith("pay"):
        yield f"pays {hit.row.pay_text}"
    if (criteria.hours_least or criteria.hours_most) and hit.row.hours_least is not None and wrong != "other_hours":
        least, most = f"{hit.row.hours_least:g}", f"{hit.row.hours_most or hit.row.hours_least:g}"
        yield f"{least} hours a week" if least == most else f"{least} to {most} hours a week"
    if criteria.contracts and hit.row.contract:
        yield hit.row.contract.replace("_", " ")
