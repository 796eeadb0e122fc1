"""Write a CSV file of invented referrals: realistic to read, and certain to be nobody.

    python examples/generate_referrals.py --rows 200 --seed 1 > examples/referrals.csv

The same seed gives the same file. Nothing in it can reach or name a real person:

- first and last names are common ones of many communities, drawn independently;
- National Insurance numbers begin with QQ, a prefix that is never issued;
- telephone numbers are of the ranges that Ofcom keeps for drama;
- e-mail addresses end in example.com, example.net and example.org, which belong to nobody (RFC 2606);
- postcodes have the form and the district of the town, streets and numbers are made up.

Six of ten people were accepted in the spring of 2026, each with a coach; the others have only just been referred. With
--new all of them have: nobody has answered yet.
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

COLUMNS: Final = (
    "reference",
    "first_name",
    "last_name",
    "date_of_birth",
    "ni_number",
    "email",
    "phone",
    "address",
    "postcode",
    "notes",
    "coach",
    "referred_on",
    "accepted_on",
)
COACHES: Final = ("coach-amir", "coach-bridget", "coach-chidi")
ACCEPTED: Final = 0.6
FIRST_REFERRAL: Final = date(2026, 2, 2)
REFERRAL_DAYS: Final = 60
YOUNGEST_BORN: Final = date(2007, 12, 31)
WORKING_LIFE_DAYS: Final = 45 * 365
INWARD_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


class Town(NamedTuple):
    """A place: its postcode districts, and the first digits of its telephone numbers for drama."""

    name: str
    districts: str
    phone: str


TOWNS: Final = (
    Town("London", "E8 E17 N15 SE15 SW9 NW10", "020 7946 0"),
    Town("Leeds", "LS6 LS8 LS11", "0113 496 0"),
    Town("Sheffield", "S2 S5 S10", "0114 496 0"),
    Town("Nottingham", "NG5 NG7", "0115 496 0"),
    Town("Leicester", "LE2 LE5", "0116 496 0"),
    Town("Bristol", "BS3 BS5", "0117 496 0"),
    Town("Birmingham", "B8 B16 B29", "0121 496 0"),
    Town("Edinburgh", "EH6 EH11", "0131 496 0"),
    Town("Glasgow", "G31 G42", "0141 496 0"),
    Town("Liverpool", "L4 L15", "0151 496 0"),
    Town("Manchester", "M8 M14 M40", "0161 496 0"),
    Town("Newcastle upon Tyne", "NE4 NE6", "0191 498 0"),
    Town("Cardiff", "CF11 CF24", "029 2018 0"),
    Town("Belfast", "BT7 BT13", "028 9649 6"),
)
FIRST_NAMES: Final = """
    Aaliyah Abdul Adaeze Agnieszka Ahmed Aisha Alan Alejandro Amara Amy Ananya Andrew Angela Anh Aoife Asha Ayesha
    Barbara Ben Bilal Blessing Bronwen Callum Carol Catherine Charlotte Chen Chloe Claire Daniel David Deepak Delroy
    Dilys Dmitri Ebony Eilidh Ellen Emeka Emily Fatima Fiona Folake Francesca Gareth George Grace Gurpreet Hannah
    Harpreet Hassan Helen Hui Ian Ibrahim Ines Iona Isla Jack Jade Jamal James Jasmine Jerome Joanna Jorge Joshua Karen
    Kasia Keith Kerry Khadija Kwame Laura Leanne Lewis Liam Lucy Maria Marcin Mariam Marlon Megan Mei Michael Mohammed
    Morag Nadia Nasreen Natalia Neil Ngozi Nia Niamh Nicola Olga Oluwaseun Omar Patience Patrick Paul Pedro Peter Priya
    Rachel Rahul Rebecca Rhys Roisin Ruth Ryan Samira Samuel Sandra Sean Shanice Sharon Siobhan Sofia Stephen Sunita
    Susan Svetlana Tariq Thandiwe Thomas Tracey Tyrone Victoria Wei Winston Yasmin Yusuf Zainab Zoë
""".split()  # noqa: SIM905  (a list of words is read as words)
LAST_NAMES: Final = """
    Adeyemi Ahmed Akhtar Ali Allen Andersson Bailey Baker Begum Bell Bennett Bhatt Boateng Brown Campbell Carter Chan
    Chaudhry Chukwu Clark Clarke Cohen Cooper Costa Cox Davies Davis Diallo Edwards Evans Fernandes Fofanah Gill Grant
    Green Griffiths Hall Hamilton Harris Hassan Henry Hughes Hussain Ibrahim Ivanova Jackson James Jenkins Jones Joseph
    Kamara Kaur Kelly Khan Kowalski Kumar Lee Lewis Liu Lloyd MacDonald Malik Marshall Martin Mbeki McKenzie Mensah
    Mitchell Mohamed Moore Morgan Morris Murphy Murray Ndlovu Nguyen Nowak Núñez O'Brien O'Connor Okafor Okonkwo Osei
    Owen Owusu Palmer Papadopoulos Park Parker Patel Petrov Phillips Popescu Powell Price Rahman Reid Roberts Robinson
    Rossi Ryan Salah Santos Scott Shah Sharma Silva Singh Smith Stewart Sułkowska Taylor Thapa Thomas Thompson Tran
    Turner Walker Wang Ward Warsame Watson White Williams Wilson Wood Wright Yilmaz Young Zhang
""".split()  # noqa: SIM905  (a list of words is read as words)
STREETS: Final = """
    Alder Beacon Canal Chapel Foundry Garden Harbour Hawthorn Heron Juniper Lantern Linden Mill Orchard Quarry Rowan
    Saddler Skylark Tannery Thistle Viaduct Weaver Willow Windmill
""".split()  # noqa: SIM905  (a list of words is read as words)
STREET_KINDS: Final = ("Street", "Road", "Close", "Avenue", "Terrace", "Lane")
NOTES: Final = (
    "",
    "",
    "Worked in a warehouse for six years; the site closed in January.",
    "Forklift licence ran out. Would like to renew it.",
    "Looking for part-time work around school hours.",
    "Has a phone, no computer at home.\nPrefers a text message the day before.",
    "Carer until last year. Wants to start again, unsure with what.",
    "Qualified nurse abroad, registration here still under way.",
    'Says the last course was "too much screen, too little doing".',
    "Bus route 42 is the only one; early shifts are hard to reach.",
    "Strong in kitchens, needs help with applications.",
    "Interpreter for Portuguese at the first meeting, please.",
)


def main() -> None:
    """Write the file to standard output."""
    parser = argparse.ArgumentParser(description="Write invented referrals as CSV to standard output.")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--new", action="store_true", help="nobody is accepted yet")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(referrals(arguments.rows, arguments.seed, accepted=0.0 if arguments.new else ACCEPTED))


def referrals(rows: int, seed: int, accepted: float = ACCEPTED) -> Iterator[dict[str, str]]:
    """Return invented referrals, each a cell for each column; no two have the same NI number."""
    chance = random.Random(seed)
    numbers = chance.sample(range(1_000_000), rows)
    return (_referral(chance, row, number, accepted) for row, number in enumerate(numbers, 1))


def _referral(chance: random.Random, row: int, number: int, accepted: float) -> dict[str, str]:
    first, last, town = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES), chance.choice(TOWNS)
    who = {
        "reference": f"JC-2026-{row:05}",
        "first_name": first,
        "last_name": last,
        "date_of_birth": f"{YOUNGEST_BORN - timedelta(days=chance.randrange(WORKING_LIFE_DAYS)):%d/%m/%Y}",
        "ni_number": f"QQ {number:06} {chance.choice('ABCD')}",
        "email": f"{_address_part(first)}.{_address_part(last)}{row}@example.{chance.choice(('com', 'net', 'org'))}",
        "notes": chance.choice(NOTES),
    }
    return who | _home(chance, town) | _acceptance(chance, accepted)


def _home(chance: random.Random, town: Town) -> dict[str, str]:
    district, inward = chance.choice(town.districts.split()), "".join(chance.choices(INWARD_LETTERS, k=2))
    street = f"{chance.randrange(1, 140)} {chance.choice(STREETS)} {chance.choice(STREET_KINDS)}"
    phone = chance.choice(("07700 900", town.phone))
    return {
        "address": f"{street}\n{town.name}",
        "postcode": f"{district} {chance.randrange(10)}{inward}",
        "phone": f"{phone}{chance.randrange(1000):03}",
    }


def _acceptance(chance: random.Random, share: float) -> dict[str, str]:
    if chance.random() > share:
        return {"coach": "", "referred_on": "", "accepted_on": ""}
    referred = FIRST_REFERRAL + timedelta(days=chance.randrange(REFERRAL_DAYS))
    accepted = referred + timedelta(days=chance.randrange(1, 15))
    return {
        "coach": chance.choice(COACHES),
        "referred_on": f"{referred:%d/%m/%Y}",
        "accepted_on": f"{accepted:%d/%m/%Y}",
    }


def _address_part(name: str) -> str:
    return "".join(character for character in name.lower() if character.isascii() and character.isalpha())


if __name__ == "__main__":
    main()
