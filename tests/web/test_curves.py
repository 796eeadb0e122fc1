"""Curves of work beside what the contract expects and the least that it accepts."""

from typing import Any

import httpx
import pytest

from gateway.web.curves import HEIGHT, MARK, WIDTH, Curves

PROFILE = {"first_earnings": 0.42, "outcome": 0.25, "minimum": 0.15, "months": 12}


def numbers(shares: list[float | None], profile: dict[str, float] | None) -> dict[str, Any]:
    known = sum(share is not None for share in shares)
    curve = [{"month": month, "first_earnings": share, "outcome": share} for month, share in enumerate(shares)]
    return {"complete_months": max(0, known - 1), "curve": curve, "profile": profile}


def test_a_curve_ends_with_the_last_month_that_is_known() -> None:
    curves = Curves.of(numbers([0.0, 0.25, 0.5, None, None], None))
    assert curves
    assert curves.first_earnings == "0.0,160.0 120.0,120.0 240.0,80.0"
    assert (curves.month, curves.shares, curves.last, curves.levels) == (2, (0.5, 0.5), 4, ())


def test_what_is_expected_and_the_least_begin_in_their_month() -> None:
    curves = Curves.of(numbers([0.0] * 19, PROFILE))
    assert curves
    assert [level.kind for level in curves.levels] == ["first_earnings", "outcome", "minimum"]
    assert {level.x for level in curves.levels} == {WIDTH * 12 / 18}
    assert [level.y for level in curves.levels] == [pytest.approx(HEIGHT * (1 - s)) for s in (0.42, 0.25, 0.15)]


def test_a_month_at_the_edge_of_the_picture_or_beyond_has_a_line_that_can_be_seen() -> None:
    for months in (18, 60):
        curves = Curves.of(numbers([0.0] * 19, PROFILE | {"months": months}))
        assert curves
        assert {level.x for level in curves.levels} == {WIDTH - MARK}


@pytest.mark.parametrize("shares", [[None, None], [0.0, None]])
def test_a_group_that_is_hidden_or_has_just_begun_has_none(shares: list[float | None]) -> None:
    assert Curves.of(numbers(shares, PROFILE)) is None


def test_they_are_drawn_as_lines_with_words(component_page: str) -> None:
    html = httpx.get(component_page + "/design", trust_env=False).text
    assert html.count('<line class="expected"') == 2
    assert html.count('<line class="least"') == 1
    assert "outcome: at least 15 %" in html
