"""Facts are found by their written names, read from old forms, and refuse what they cannot hold."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from events.fact import Fact, UnknownFactError, known_facts, read, type_read_as, upcast

NOON = b'"occurred_at":"2026-03-02T12:00:00Z"'

pytestmark = pytest.mark.usefixtures("registry")


def test_a_type_name_is_taken_once() -> None:
    class First(Fact, type_name="waymark.test.ParcelPosted.v1"):
        """A parcel left."""

    with pytest.raises(TypeError, match=r"waymark\.test\.ParcelPosted\.v1 is already taken"):

        class Second(Fact, type_name="waymark.test.ParcelPosted.v1"):
            """Another parcel left."""

    assert known_facts()["waymark.test.ParcelPosted.v1"] is First


@pytest.mark.parametrize("wrong", ["ParcelPosted", "waymark.test.ParcelPosted", "waymark.test.parcel_posted.v1"])
def test_a_type_name_has_a_service_a_name_and_a_version(wrong: str) -> None:
    with pytest.raises(TypeError, match="is not a type name"):
        type("Wrong", (Fact,), {}, type_name=wrong)


def test_an_unknown_type_name_is_told_apart_from_a_broken_fact() -> None:
    with pytest.raises(UnknownFactError, match=r"waymark\.test\.NeverTold\.v9"):
        read("waymark.test.NeverTold.v9", b"{%b}" % NOON)


def test_an_old_raw_form_is_read_as_the_fact_of_today_through_every_version_between() -> None:
    class ParcelPosted(Fact, type_name="waymark.test.ParcelPosted.v3"):
        """A parcel left for a street and a town."""

        street: str
        town: str
        grams: int

    def split_the_address(raw: dict[str, Any]) -> dict[str, Any]:
        street, _, town = raw.pop("address").partition(", ")
        return {**raw, "street": street, "town": town}

    def weigh_in_grams(raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "grams": raw["kilos"] * 1000}

    upcast("waymark.test.ParcelPosted.v2", "waymark.test.ParcelPosted.v3", weigh_in_grams)
    upcast("waymark.test.ParcelPosted.v1", "waymark.test.ParcelPosted.v2", split_the_address)
    fact = read("waymark.test.ParcelPosted.v1", b'{%b,"address":"1 High Street, York","kilos":2}' % NOON)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert fact == ParcelPosted(occurred_at=noon, street="1 High Street", town="York", grams=2000)
    assert type_read_as("waymark.test.ParcelPosted.v1") is ParcelPosted


def test_an_old_type_name_has_one_upcaster() -> None:
    upcast("waymark.test.ParcelPosted.v1", "waymark.test.ParcelPosted.v2", dict)
    with pytest.raises(TypeError, match="already taken"):
        upcast("waymark.test.ParcelPosted.v1", "waymark.test.ParcelPosted.v2", dict)


def test_a_type_name_in_use_is_not_an_old_one() -> None:
    class ParcelPosted(Fact, type_name="waymark.test.ParcelPosted.v1"):
        """A parcel left."""

    with pytest.raises(TypeError, match="already taken"):
        upcast("waymark.test.ParcelPosted.v1", "waymark.test.ParcelPosted.v2", dict)


def test_a_fact_of_a_later_writer_is_read_without_what_is_not_known_here() -> None:
    class ParcelPosted(Fact, type_name="waymark.test.ParcelPosted.v1"):
        """A parcel left."""

    fact = read("waymark.test.ParcelPosted.v1", b'{%b,"insured":true}' % NOON)
    assert fact.model_dump_json() == '{"occurred_at":"2026-03-02T12:00:00Z"}'


def test_a_broken_fact_is_refused_without_showing_what_it_held() -> None:
    class ParcelPosted(Fact, type_name="waymark.test.ParcelPosted.v1"):
        """A parcel left."""

        grams: int

    with pytest.raises(ValidationError) as refused:
        read("waymark.test.ParcelPosted.v1", b'{%b,"grams":"Ada Lovelace"}' % NOON)
    assert "Ada" not in str(refused.value)


def test_a_time_without_an_offset_is_refused() -> None:
    class ParcelPosted(Fact, type_name="waymark.test.ParcelPosted.v1"):
        """A parcel left."""

    with pytest.raises(ValidationError, match="timezone"):
        read("waymark.test.ParcelPosted.v1", b'{"occurred_at":"2026-03-02T12:00:00"}')
