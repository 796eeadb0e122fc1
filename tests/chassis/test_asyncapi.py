"""The AsyncAPI document says on which topic a service hears and tells what."""

from collections.abc import Iterable
from typing import Any

from chassis.asyncapi import specification
from events.caseload import CaseOpened, ContactRecorded
from events.envelope import JOURNEY, MARKET


def addresses(document: dict[str, dict[str, dict[str, str]]], titles: Iterable[str]) -> list[str]:
    return [document["channels"][title]["address"] for title in titles]


def test_a_service_hears_and_tells_on_the_journey_unless_it_says_otherwise() -> None:
    hears: dict[str, Any] = {"one": [CaseOpened], "other": [ContactRecorded]}
    document = specification("caseload", "Cases.", hears, {"other": MARKET}, {MARKET: [ContactRecorded]})
    told = ["Facts of caseload", f"Facts of caseload on {MARKET}"]
    assert addresses(document, ["one", "other", *told]) == [JOURNEY, MARKET, JOURNEY, MARKET]
    assert [
        ContactRecorded.__name__ in str(document["components"]["messages"][f"{title}:Message"]) for title in told
    ] == [
        False,
        True,
    ]


def test_a_service_that_tells_nothing_on_the_journey_has_no_channel_there() -> None:
    document = specification("nobody", "Nothing.", {"one": [CaseOpened]})
    assert list(document["channels"]) == ["one"]
