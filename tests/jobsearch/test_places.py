"""A town is found where that is certain; a name of many asks which, one of nobody says what is like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.places import Gazetteer, gazetteer, miles_between


@pytest.fixture(scope="module")
def towns() -> Gazetteer:
    return gazetteer()


def test_newport_asks_which(towns: Gazetteer) -> None:
    found = towns.find("newport")

    assert len(found) == 6
    told = {(towns.county_of(town).name, (near := towns.near(town)) and near.name) for town in found}  # type: ignore[union-attr]
    assert {("Gwent", None), ("Isle of Wight", "Gosport"), ("Shropshire", "Telford")} <= told
    assert len(told) == 6


def test_a_county_after_a_comma_chooses(towns: Gazetteer) -> None:
    (town,) = towns.find("Newport, Shropshire")
    assert town.population == 12_741


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("LONDON", "London"),
        ("Central London", "London"),
        ("Hull", "Kingston upon Hull"),
        ("st. albans", "St Albans"),
        ("Saint Helens", "St Helens"),
        ("Bury St. Edmunds", "Bury St Edmunds"),
    ],
)
def test_a_town_is_found_however_it_is_written(towns: Gazetteer, name: str, town: str) -> None:
    assert [found.name for found in towns.find(name)] == [town]


def test_an_unknown_town_is_answered_with_those_written_like_it(towns: Gazetteer) -> None:
    assert towns.find("Machester") == []
    assert towns.spelt_like("Machester")[0] == "Manchester"


@pytest.mark.parametrize(
    ("place", "region", "town"),
    [
        ("Chudleigh", "Devon", "Chudleigh"),
        ("Newport", "Gwent", "Newport"),
        ("Newport", "", None),
        ("South East London", "London", "London"),
        ("London", "South East England", "London"),
        ("Kent", "South East England", None),
        ("Cambridge", "Gloucestershire", None),
        ("Leeds", "Cornwall", None),
        ("", "", None),
    ],
)
def test_a_region_decides_which_town_is_meant(towns: Gazetteer, place: str, region: str, town: str | None) -> None:
    where = towns.locate(place, region)
    assert (where.town.name if where.town else None, where.abroad) == (town, False)


def test_the_cambridge_of_gloucestershire_is_not_the_university(towns: Gazetteer) -> None:
    there = towns.locate("Cambridge", "Cambridgeshire").town
    assert towns.locate("Cambridge", "Gloucestershire").town is None
    assert there
    assert there.population > 100_000


@pytest.mark.parametrize(
    ("place", "region"),
    [("New York", "USA"), ("Dubai", "United Arab Emirates"), ("germany", "Germany"), ("Australia", ""),
     ("Guernsey", "Channel Islands"), ("Manchester", "Rest of the World"), ("Non UK", "Other"), ("Dublin", "Ireland")],
)  # fmt: skip
def test_what_is_abroad_is_known_to_be(towns: Gazetteer, place: str, region: str) -> None:
    where = towns.locate(place, region)
    assert (where.town, where.abroad) == (None, True)


def test_distances_are_those_of_the_map(towns: Gazetteer) -> None:
    leeds, york = towns.find("Leeds")[0].point, towns.find("York")[0].point
    assert miles_between(leeds, leeds) == 0
    assert miles_between(leeds, york) == pytest.approx(miles_between(york, leeds))
    assert 21 < miles_between(leeds, york) < 24


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_breaks_the_gazetteer(place: str, region: str) -> None:
    where = gazetteer().locate(place, region)
    assert where.town is None or not where.abroad
    assert len(gazetteer().find(place)) < 100
