"""Who looked at a record, as the person reads it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from gateway.views.looks import LookRow
from gateway.web.me import by_day

LONDON = ZoneInfo("Europe/London")
ONE, OTHER = UUID(int=1), UUID(int=2)


def look(reader: UUID, day: int, hour: int, refused: str | None = None) -> LookRow:
    at = datetime(2026, 7, day, hour, tzinfo=UTC)
    return LookRow(uuid4(), UUID(int=9), reader, "coach", "record", at, refused)


def test_looks_of_one_reader_on_one_day_of_the_zone_are_one_line_with_the_last_of_them() -> None:
    rows = [look(ONE, 3, 12), look(ONE, 3, 9), look(ONE, 2, 23), look(ONE, 2, 22)]
    assert by_day(rows, LONDON) == [(rows[0], 2), (rows[3], 0)]


def test_another_reader_and_a_refusal_have_lines_of_their_own() -> None:
    rows = [look(ONE, 3, 12), look(OTHER, 3, 11), look(ONE, 3, 10, "not theirs"), look(ONE, 3, 9)]
    assert by_day(rows, LONDON) == [(row, 0) for row in rows]
