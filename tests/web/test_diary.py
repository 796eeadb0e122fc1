"""A week of meetings."""

from datetime import date

from gateway.web.diary import DayShown, with_today

TUESDAY, THURSDAY = date(2026, 4, 7), date(2026, 4, 9)


def test_a_week_with_meetings_shows_today_also_where_it_has_none() -> None:
    met: list[DayShown] = [(TUESDAY, [{"what": "review"}]), (THURSDAY, [{"what": "review"}])]
    assert with_today(met, date(2026, 4, 8)) == [met[0], (date(2026, 4, 8), []), met[1]]
    assert with_today(met, THURSDAY) == met


def test_a_week_without_meetings_stays_empty() -> None:
    assert with_today([], TUESDAY) == []
