import base64
import json

import pytest

from chassis.ask import InvalidTokenError, Place, decode_places, encode_places, furthest

PLACE = Place("caseload", "journey", 3, 7, "somebody")


def token_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_places_come_back_from_their_token() -> None:
    assert decode_places(encode_places([PLACE, PLACE])) == (PLACE, PLACE)


def test_who_has_reached_the_last_place_of_a_partition_has_reached_the_others() -> None:
    places = [PLACE, PLACE._replace(position=9, key="other"), PLACE._replace(position=8), PLACE._replace(partition=4)]
    assert furthest(places) == (places[1], places[3])


@pytest.mark.parametrize(
    "text",
    ["", "{", "7", "[7]", "[[]]", json.dumps([PLACE[:4]]), '[["a", "b", 1, Infinity, "k"]]', "[" * 100_000],
    ids=lambda text: text[:20],
)
def test_any_other_text_is_told_to_be_no_token(text: str) -> None:
    with pytest.raises(InvalidTokenError):
        decode_places(token_of(text))
