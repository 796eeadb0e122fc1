"""Write a CSV file of invented vacancies: realistic to read, and certain to be no real employer's.

    python examples/generate_vacancies.py --rows 1200 --seed 1 --day 2026-09-07 > examples/vacancies.csv

The same seed and day give the same file. It has what published files of vacancies often lack: a reference, an employer,
a text, hours, dates and a link. Employers are a made-up name and a trade, links end in example.com, example.net and
example.org, which belong to nobody (RFC 2606). Dates are counted from the day: nine of ten vacancies are still open.

Two of five jobs are part-time. Pay is by the hour, week or year, or says "Competitive". About one row in thirty is as
dirty as such files are: decoded wrongly, a spreadsheet formula for a title, an unknown or ambiguous place, a place
abroad, a date nobody can read, a link that is none, no title at all, a row twice, or one reference for two jobs.
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

COLUMNS: Final = (
    "reference", "title", "employer", "category", "description", "place", "region", "contract", "hours", "pay", "link",
    "posted_on", "closes_on",
)  # fmt: skip
DAY: Final = date(2026, 9, 7)
PART_TIME: Final = 0.42
DIRTY_EVERY: Final = 30
CLOSED: Final = 0.1
WEEKS: Final = 52
FULL_TIME: Final = (35.0, 36.0, 37.0, 37.5, 40.0)
HOURS_PART_TIME: Final = ((8, 12), (12, 16), (16, 16), (16, 20), (20, 24), (24, 30))
COMPETITIVE: Final = 0.06

Row = dict[str, str]


class Work(NamedTuple):
    """A kind of work: its titles, what an employer of it is called, its duties and wishes, and pounds an hour."""

    category: str
    titles: tuple[str, ...]
    trade: tuple[str, ...]
    duties: tuple[str, ...]
    wishes: tuple[str, ...]
    an_hour: tuple[float, float]


WORKS: Final = (
    Work("social care", ("Care Assistant", "Support Worker", "Night Carer", "Healthcare Assistant", "Home Carer"),
         ("Care", "Homes", "Living"),
         ("help people wash and eat at their own pace", "keep short notes of every visit", "drive between visits"),
         ("kindness matters more than experience", "a driving licence is useful", "training is paid"), (12.4, 14.2)),
    Work("logistics", ("Warehouse Operative", "Picker Packer", "Forklift Driver", "Van Driver", "Stock Assistant"),
         ("Logistics", "Parcels", "Storage"),
         ("pick and pack orders with a hand scanner", "load vans in order of their stops", "count stock"),
         ("safety shoes are given", "a forklift licence is useful", "early shifts"), (12.3, 15.0)),
    Work("catering", ("Kitchen Porter", "Commis Chef", "Barista", "Catering Assistant", "Cook"),
         ("Kitchen", "Café", "Bakery"),
         ("prepare vegetables", "serve guests at the counter", "take deliveries at seven"),
         ("no experience needed", "a food hygiene certificate is useful", "meals on shift"), (12.2, 14.5)),
    Work("retail", ("Sales Assistant", "Shop Supervisor", "Customer Assistant", "Store Manager", "Florist"),
         ("Stores", "Market", "Garden Centre"),
         ("serve customers and run the till", "fill shelves before we open", "look after the display"),
         ("weekend work in turns", "patience with people", "discount in the shop"), (12.2, 16.5)),
    Work("cleaning", ("Cleaner", "Housekeeper", "Window Cleaner", "Hospital Domestic", "Caretaker"),
         ("Cleaning", "Facilities", "Services"),
         ("clean offices before eight in the morning", "report what is broken", "keep the store of materials in order"),
         ("keys are trusted to you", "work alone or in pairs", "uniform given"), (12.2, 13.4)),
    Work("office", ("Administrator", "Receptionist", "Data Entry Clerk", "Accounts Assistant", "Payroll Assistant"),
         ("Associates", "Partners", "Housing Trust"),
         ("answer the phone and greet visitors", "keep spreadsheets up to date", "send letters and invoices"),
         ("good written English", "careful with figures", "a calm voice"), (12.5, 17.0)),
    Work("building", ("Labourer", "Painter and Decorator", "Plumber", "Electrician", "Site Cleaner"),
         ("Builders", "Construction", "Maintenance"),
         ("carry materials and keep the site tidy", "work from simple drawings", "follow every safety rule"),
         ("a site card is needed on the first day", "own hand tools are useful", "station nearby"), (13.0, 21.0)),
    Work("education", ("Teaching Assistant", "Nursery Practitioner", "Lunchtime Supervisor", "Learning Mentor"),
         ("School", "Nursery", "Academy"),
         ("help children who need more time", "read with small groups", "watch the playground at lunch"),
         ("term time only", "checks are made before you start", "patience and humour"), (12.3, 15.5)),
    Work("horticulture", ("Gardener", "Groundskeeper", "Nursery Worker", "Tree Surgeon's Assistant"),
         ("Gardens", "Parks", "Landscapes"),
         ("mow, plant and prune through the seasons", "look after tools and machines", "talk with visitors"),
         ("work outdoors in all weather", "a love of plants", "a trailer licence is useful"), (12.4, 15.0)),
    Work("customer service", ("Customer Service Adviser", "Contact Centre Agent", "Complaints Handler"),
         ("Energy", "Insurance", "Water"),
         ("answer calls and messages", "find out what went wrong and put it right", "note what was promised"),
         ("work from home two days a week", "clear speech", "four weeks of training"), (12.4, 16.0)),
)  # fmt: skip
NAMES: Final = """
    Alderbrook Birchgate Brackenfield Coppermill Dunnockshaw Elmsward Fernhollow Gorsebank Harrowdale Kestrelby Larkspur
    Marlowhay Netherfold Oakenclough Pennywell Quillstone Rushmere Saltergill Thornwick Umberleigh Vixenhurst Wrenfield
    Yewdale Ashencote Bellweather Cinderford Drakeholme Eavesby
""".split()  # noqa: SIM905  (a list of words is read as words)
TOWNS: Final = {
    "West Yorkshire": "Leeds Bradford Wakefield Huddersfield",
    "North Yorkshire": "York Harrogate",
    "South Yorkshire": "Sheffield Doncaster",
    "Greater Manchester": "Manchester Bolton Stockport",
    "Merseyside": "Liverpool",
    "Lancashire": "Preston Burnley",
    "West Midlands": "Birmingham Coventry",
    "Nottinghamshire": "Nottingham",
    "Leicestershire": "Leicester",
    "Derbyshire": "Derby",
    "Avon": "Bristol Bath",
    "Devon": "Exeter Plymouth",
    "London": "London Croydon Ilford",
    "Berkshire": "Reading",
    "Hampshire": "Southampton",
    "Norfolk": "Norwich",
    "South Glamorgan": "Cardiff",
    "Gwent": "Newport",
    "West Glamorgan": "Swansea",
    "Lanarkshire": "Glasgow",
    "Midlothian": "Edinburgh",
    "County Antrim": "Belfast",
    "Tyne and Wear": "Sunderland",
    "Cleveland": "Middlesbrough",
}
PLACES: Final = tuple((place, region) for region, places in TOWNS.items() for place in places.split())
CONTRACTS: Final = ("Permanent",) * 7 + ("Temporary", "Fixed-term contract", "Apprenticeship")


def main() -> None:
    """Write the file to standard output."""
    parser = argparse.ArgumentParser(description="Write invented vacancies as CSV to standard output.")
    parser.add_argument("--rows", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day", type=date.fromisoformat, default=DAY)
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(vacancies(arguments.rows, arguments.seed, arguments.day))


def vacancies(rows: int, seed: int, day: date) -> Iterator[Row]:
    """Return invented vacancies as they stand on a day, each a cell for each column, the dirt among them."""
    chance = random.Random(seed)
    for number in range(1, rows + 1):
        row = _vacancy(chance, number, day)
        if number % DIRTY_EVERY == 0:
            yield from _dirty(row, number // DIRTY_EVERY)
        else:
            yield row


def _vacancy(chance: random.Random, number: int, day: date) -> Row:
    work, (place, region) = chance.choice(WORKS), chance.choice(PLACES)
    title, part_time = chance.choice(work.titles), chance.random() < PART_TIME
    contract = chance.choice(CONTRACTS)
    hours = chance.choice(HOURS_PART_TIME) if part_time else (chance.choice(FULL_TIME),) * 2
    employer = f"{chance.choice(NAMES)} {chance.choice(work.trade)}"
    posted = day - timedelta(days=chance.randrange(1, 28))
    closes = day + timedelta(days=-chance.randrange(1, 10) if chance.random() < CLOSED else chance.randrange(3, 45))
    return {
        "reference": f"WM-{number:05}",
        "title": title,
        "employer": employer,
        "category": work.category,
        "description": _text(chance, work, title, employer, place),
        "place": place,
        "region": region,
        "contract": f"{contract}, {'part-time' if part_time else 'full-time'}",
        "hours": f"{hours[0]:g}" if hours[0] == hours[1] else f"{hours[0]:g}-{hours[1]:g}",
        "pay": _pay(chance, work, hours[0]),
        "link": f"https://jobs.example.{chance.choice(('com', 'net', 'org'))}/vacancies/wm-{number:05}",
        "posted_on": posted.isoformat(),
        "closes_on": closes.isoformat(),
    }


def _text(chance: random.Random, work: Work, title: str, employer: str, place: str) -> str:
    duties = "".join(f"\n- {duty}" for duty in chance.sample(work.duties, 2))
    wishes = ". ".join(wish[0].upper() + wish[1:] for wish in chance.sample(work.wishes, 2))
    return f"{employer} looks for a {title.lower()} in {place}. You will:{duties}\n{wishes}."


def _pay(chance: random.Random, work: Work, hours: float) -> str:
    if chance.random() < COMPETITIVE:
        return chance.choice(("Competitive", "Negotiable", "Depending on experience"))
    least = round(chance.uniform(*work.an_hour), 1)
    most = round(least + chance.choice((0, 0, 0.5, 1.2)), 1)
    a_year = [int(amount * hours * WEEKS / 100) * 100 for amount in (least, most)]
    ways = (
        f"£{least:.2f} per hour" if least == most else f"£{least:.2f} - £{most:.2f} per hour",
        f"£{least * hours:.0f} per week",
        f"£{a_year[0]:,} per annum" if a_year[0] == a_year[1] else f"£{a_year[0]:,} - £{a_year[1]:,} per annum",
    )
    return chance.choices(ways, weights=(5, 2, 4))[0]


def _dirty(row: Row, kind: int) -> Iterator[Row]:
    """Return a row with one kind of dirt, in turn, and what belongs to it."""
    dirt: tuple[Row, ...] = (
        {"employer": (row["employer"] + " Café").encode().decode("cp1252")},
        {"pay": row["pay"].encode().decode("cp1252")},
        {"title": '=HYPERLINK("https://jobs.example.com","Earn more")'},
        {"place": "Nowhereton"},
        {"place": "Newport", "region": ""},
        {"place": "Dublin", "region": "Ireland"},
        {"closes_on": "as soon as possible"},
        {"link": "ask at the desk"},
        {"title": ""},
        {"employer": "", "description": "", "hours": "", "pay": ""},
        {"hours": "flexible"},
        {"title": f"  {row['title'].upper()} \t "},
    )
    changed = row | dirt[kind % len(dirt)]
    yield changed
    if kind % len(dirt) == 0:
        yield changed
    if kind % len(dirt) == 1:
        yield changed | {"title": "Another job under the same reference"}


if __name__ == "__main__":
    main()
