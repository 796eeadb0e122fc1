"""Invented people: names, how to reach them, and what they and their coaches write. Nothing here is about anybody."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Final, TypeVar

from referrals.person_details import PersonDetails
from simulator.deed import Person

T = TypeVar("T")

FIRST: Final = files("simulator").joinpath("first_names.txt").read_text().split()
LAST: Final = files("simulator").joinpath("last_names.txt").read_text().split()
WORK: Final = (
    "Warehouse operative",
    "Care assistant",
    "Kitchen assistant",
    "Retail assistant",
    "Cleaner",
    "Office administrator",
    "Driver",
    "Teaching assistant",
    "Receptionist",
    "Customer adviser",
    "Labourer",
    "Gardener",
)
TOWNS: Final = ("Manchester", "Salford", "Stockport", "Bolton", "Oldham", "Rochdale")
"""Where their postcodes are."""
HOURS: Final = ((16.0, 24.0), (20.0, 30.0), (30.0, 37.5), (35.0, 40.0), (None, None))
"""From how many hours a week to how many; some have not said it."""
EMPLOYERS: Final = (
    "Ashgrove Bakery",
    "Brook & Vale Foods",
    "Castle Care Homes",
    "Dunmore Logistics",
    "Elmfield School",
    "Fernside Hotel",
    "Greenway Stores",
    "Harcourt Offices",
    "Inverlea Farms",
    "Juniper Cleaning",
    "Kestrel Couriers",
    "Larch Lane Surgery",
)
STEPS: Final = (
    ("Send the CV to three employers nearby", "at the library", "with the draft that we made"),
    ("Ring the college about the evening course", "from home", "with the number on the leaflet"),
    ("Ask at two shops whether they are hiring", "in the high street", "in person, before noon"),
    ("Practise two interview answers aloud", "at home", "with a friend who listens"),
    ("Apply for the travel card", "on the bus company's page", "with the letter of the programme"),
    ("Write down what went well in the last job", "at home", "three lines are enough"),
)
GOALS: Final = ("Work near home that lasts", "A first job with day shifts", "Back into care work, part time")
NOTES: Final = (
    "Spoke about how the week went and what comes next.",
    "Left feeling more certain about the next step.",
    "Went through two adverts together.",
    "Asked for a shorter meeting next time.",
)
QUESTIONS: Final = (
    "Could we move our meeting a little?",
    "I saw a job that may fit, can you look?",
    "What should I bring?",
)
ANSWERS: Final = (
    "Of course. Tell me which day suits you.",
    "It looks good. Let us write it together.",
    "Only your CV.",
)


def details_of(person: Person) -> PersonDetails:
    """Return who somebody is; the same person is the same every time."""
    rng = Random(f"{person.seed}:{person.number}:who")  # noqa: S311  (nothing is kept secret)
    drawn = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    name = person.guest.name if person.guest else drawn
    reach = name.lower().replace(" ", ".")
    return PersonDetails(
        name=name,
        date_of_birth=date(1963, 1, 1) + timedelta(days=rng.randrange(16_000)),
        email=f"{reach}.{person.number}@example.org" if rng.random() < 0.85 else None,  # noqa: PLR2004
        phone=f"+447700900{rng.randrange(1000):03d}" if rng.random() < 0.9 else None,  # noqa: PLR2004
        postcode=f"M{rng.randint(1, 9)} {rng.randint(1, 9)}{rng.choice('ABDEF')}{rng.choice('GHJLN')}",
    )


def words(person: Person, of: Sequence[T], what: str) -> T:
    """Return one of some texts, always the same for the same person and thing."""
    return Random(f"{person.seed}:{person.number}:{what}").choice(of)  # noqa: S311


def resume_of(name: str, work: str) -> str:
    """Return a short CV as JSON Resume."""
    return json.dumps({"basics": {"name": name, "label": work}, "work": [{"position": work, "name": "Earlier work"}]})
