"""What every fact of the language obeys, and the rules tell when one does not."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import Field

from events.catalogue import every_fact
from events.fact import Fact
from events.sealed import OfParticipant, Sealed, sealed_fields

PAST = re.compile(
    r"[a-z]+ed|Done|Drawn|Withdrawn|Fell|Held|Sent|Met|Begun|Left|Found|Given|Chosen|Taken|Made|Lost|Won"
    r"|Put|Read|Set|Written|Told|Shown|Seen"
)
VAGUE = {"Changed", "Updated", "Modified", "Event", "Deleted", "Created"}


def name_breaks(fact: type[Fact]) -> bool:
    """Whether the name is other than a noun and what happened to it."""
    noun, *words = re.findall(r"[A-Z][a-z]*", fact.__name__)
    return bool(PAST.fullmatch(noun)) or not any(map(is_past, words)) or not VAGUE.isdisjoint(words)


def is_past(word: str) -> bool:
    """Whether a word tells what happened."""
    return PAST.fullmatch(word) is not None or word.endswith("ed")


def free_texts(schema: Any, place: str = "") -> Iterator[str]:
    """Yield the place of every value that could hold any words at all, as a JSON pointer."""
    match schema:
        case {"type": "string"} if schema.keys().isdisjoint({"format", "pattern", "enum", "const"}):
            yield place
        case {"type": "object"} if "properties" not in schema or schema.get("additionalProperties"):
            if schema.get("properties") != {}:
                yield place
        case dict() if schema.keys() <= {"title", "description", "default"}:
            yield place
    yield from nested_free_texts(schema, place)


def nested_free_texts(schema: dict[str, Any], place: str) -> Iterator[str]:
    """Yield the free texts inside properties, lists, alternatives and definitions."""
    for family in ("properties", "$defs"):
        for name, part in schema.get(family, {}).items():
            yield from free_texts(part, f"{place}/{name}")
    for part in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        yield from free_texts(part, place)


def unmarked_seals(fact: type[Fact]) -> set[str]:
    """Return the sealed fields that do not say whose key seals them."""
    properties = fact.model_json_schema()["properties"]
    return {name for name, form in properties.items() if "'sealed'" in str(form)} - sealed_fields(fact).keys()


@pytest.mark.parametrize("fact", every_fact().values(), ids=every_fact())
class TestEveryFact:
    """One row of tests for each fact of the language."""

    def test_is_named_by_a_noun_and_what_happened_to_it(self, fact: type[Fact]) -> None:
        assert not name_breaks(fact)

    def test_lies_in_the_module_of_the_service_that_tells_it(self, fact: type[Fact]) -> None:
        _, service, name, _ = fact.type_name.split(".")
        assert (fact.__module__, fact.__name__) == (f"events.{service}", name)

    def test_holds_free_words_only_sealed(self, fact: type[Fact]) -> None:
        assert list(free_texts(fact.model_json_schema())) == []

    def test_says_whose_key_seals_each_sealed_field(self, fact: type[Fact]) -> None:
        assert unmarked_seals(fact) == set()

    def test_says_what_it_means(self, fact: type[Fact]) -> None:
        assert (fact.__doc__ or "").endswith(".")


@pytest.mark.parametrize("name", ["ReferralUpdated", "AcceptReferral", "StatusChanged", "ReferralEvent", "Accepted"])
@pytest.mark.usefixtures("registry")
def test_a_name_that_is_no_noun_and_deed_is_noticed(name: str) -> None:
    assert name_breaks(type(name, (Fact,), {}, type_name=f"waymark.test.{name}.v1"))


@pytest.mark.parametrize(
    ("annotation", "free"),
    [
        (str, True),
        (str | None, True),
        (list[str], True),
        (dict[str, int], True),
        (Any, True),
        (Annotated[str, Field(max_length=5)], True),
        (Annotated[str, Field(pattern="^[A-Z]{3}$")], False),
        (OfParticipant | None, False),
        (int, False),
    ],
)
@pytest.mark.usefixtures("registry")
def test_a_place_for_free_words_is_noticed(annotation: Any, *, free: bool) -> None:
    name = "waymark.test.ParcelPosted.v1"
    fact: Any = type("ParcelPosted", (Fact,), {"__annotations__": {"label": annotation}}, type_name=name)
    assert bool(list(free_texts(fact.model_json_schema()))) == free


@pytest.mark.usefixtures("registry")
def test_a_seal_without_an_owner_is_noticed() -> None:
    class ParcelPosted(Fact, type_name="waymark.test.ParcelPosted.v1"):
        """A parcel left."""

        by: OfParticipant | None = None
        to: Sealed | None = None

    assert unmarked_seals(ParcelPosted) == {"to"}
