"""Lines of logs are shown as people read them."""

import json

import pytest

from waymark.local.tail import readable

SAID = {"event": "GET /me 200", "level": "info", "logger": "chassis.http", "role": "coach", "timestamp": "2026-03-02"}


def test_a_line_of_a_service_is_shown_with_when_how_serious_who_and_what_first() -> None:
    assert readable(json.dumps(SAID)) == "2026-03-02 INFO chassis.http GET /me 200 role=coach"
    failed = SAID | {"exception": "ValueError\n  frame"}
    assert readable(json.dumps(failed)) == f"{readable(json.dumps(SAID))}\nValueError\n  frame"


@pytest.mark.parametrize("line", ["INFO started", "{not json", '{"event": "of somebody else"}', "[]", ""])
def test_a_line_of_anything_else_is_shown_as_it_is(line: str) -> None:
    assert readable(line) == line
