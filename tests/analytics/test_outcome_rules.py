"""Outcome rules, by examples of their contracts and beside counting day by day."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.outcome_rules import (
    AfterLeaving,
    Earnings,
    HourlyWage,
    QuartersAfterLeaving,
    Rule,
    Spell,
    Sustained,
    Terms,
    WeeksWithin,
    WorkHistory,
    first_day_in_work,
    months_after,
    stretches,
    wage_on,
)

MONDAY = date(2025, 3, 3)
DAY = timedelta(days=1)
WAGES = (HourlyWage(date(2024, 4, 1), 11.0), HourlyWage(date(2025, 4, 1), 12.0))
RESTART = Earnings(hours=16, weeks=26, within_days=547, self_employed_months=6)
IPS = WeeksWithin(weeks=13, within_weeks=16, hours_least=7, projected_days=547)
FAIR_START = Sustained(weeks=(13, 26, 52), hours_least=16, gap_days=28, projected_days=912)


def job(first: int, last: int | None = None, hours: float | None = 20, pay: float | None = None) -> Spell:
    """Return a job by days since the start."""
    ends = None if last is None else MONDAY + last * DAY
    return Spell(MONDAY + first * DAY, ends, (Terms(MONDAY + first * DAY, hours, pay),))


def history(*jobs: Spell, left: int | None = None) -> WorkHistory:
    return WorkHistory(MONDAY, None if left is None else MONDAY + left * DAY, jobs)


def days_until(reached: date) -> int:
    return (reached - MONDAY).days


def test_pay_that_makes_sixteen_hours_at_the_living_wage_for_26_weeks_is_an_outcome() -> None:
    threshold = 16 * 26 * 11.0
    reached = RESTART.reached(history(job(0, pay=36_500)), WAGES)
    assert days_until(reached["earnings"]) == -(-threshold // 100) - 1


def test_where_pay_is_not_known_the_hours_count_at_the_living_wage() -> None:
    reached = RESTART.reached(history(job(0, hours=16)), (HourlyWage(date(2020, 4, 1), 10.0),))
    assert days_until(reached["earnings"]) == 26 * 7 - 1


def test_earnings_carry_over_from_job_to_job() -> None:
    whole = RESTART.reached(history(job(0, pay=20_000)), WAGES)["earnings"]
    with_gap = RESTART.reached(history(job(0, 39, pay=20_000), job(100, pay=20_000)), WAGES)["earnings"]
    assert with_gap == whole + 60 * DAY


def test_six_months_of_working_for_oneself_are_an_outcome_from_one_own_business_to_the_next() -> None:
    baker, carpenter = (replace(spell, self_employed=True) for spell in (job(0, 59), job(100)))
    reached = RESTART.reached(history(baker, carpenter), WAGES)
    assert {name: days_until(day) for name, day in reached.items()} == {"self_employment": 100 + 182 - 60 - 1}
    assert replace(RESTART, self_employed_months=None).reached(history(baker, carpenter), WAGES) == {}
    early = replace(job(-100), self_employed=True)
    assert days_until(RESTART.reached(history(early), WAGES)["self_employment"]) == 182 - 1


def test_hours_of_whoever_works_for_themselves_earn_no_wage_and_beside_a_job_both_count_apart() -> None:
    own = replace(job(0, hours=40), self_employed=True)
    assert RESTART.reached(history(replace(own, last_day=MONDAY + 180 * DAY)), WAGES) == {}
    both = RESTART.reached(history(own, job(0, pay=36_500)), WAGES)
    assert both["earnings"] == RESTART.reached(history(job(0, pay=36_500)), WAGES)["earnings"]
    assert days_until(both["self_employment"]) == 182 - 1


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (RESTART, "Pay of £4,576 since the start: 16 hours a week for 26 weeks at £11.00 an hour."),
        (IPS, "13 weeks in work within 16, at 7 hours a week or more."),
        (FAIR_START, "13, 26 and 52 weeks in work, at 16 hours a week or more. A gap of up to 28 days is allowed."),
        (QuartersAfterLeaving((2, 4)), "In work at some time of quarters 2 and 4 after the one in which they left."),
        (AfterLeaving(28, 6), "In work within 28 days of leaving, and again 6 months after it."),
    ],
)
def test_each_rule_says_what_it_takes(rule: Rule, sentence: str) -> None:
    assert rule.needs(MONDAY, WAGES).startswith(sentence)


def test_earnings_before_the_start_do_not_count() -> None:
    assert RESTART.reached(history(job(-300, pay=20_000)), WAGES) == RESTART.reached(history(job(0, pay=20_000)), WAGES)


def test_earnings_after_the_time_of_the_programme_do_not_count() -> None:
    assert RESTART.reached(history(job(500, pay=20_000)), WAGES) == {}


def test_terms_that_change_count_from_their_day() -> None:
    raised = Spell(MONDAY, None, (Terms(MONDAY, None, 0), Terms(MONDAY + 100 * DAY, None, 20_000)))
    assert RESTART.reached(history(raised), WAGES) == RESTART.reached(history(job(100, pay=20_000)), WAGES)


def test_thirteen_weeks_inside_sixteen_allow_three_weeks_without_work() -> None:
    assert days_until(IPS.reached(history(job(0, 41), job(63)), ())["week_13"]) == 112 - 1
    longer = IPS.reached(history(job(0, 41), job(64)), ())["week_13"]
    assert days_until(longer) > 112


def test_hours_of_two_jobs_at_once_add_up() -> None:
    assert IPS.reached(history(job(0, hours=4)), ()) == {}
    assert days_until(IPS.reached(history(job(0, hours=4), job(0, hours=4)), ())["week_13"]) == 90


def test_weeks_carry_over_a_gap_that_is_allowed_and_begin_again_after_a_longer_one() -> None:
    allowed = FAIR_START.reached(history(job(0, 69), job(98)), ())
    assert days_until(allowed["week_13"]) == 98 + (91 - 70) - 1
    begun_again = FAIR_START.reached(history(job(0, 69), job(99)), ())
    assert days_until(begun_again["week_13"]) == 99 + 90


def test_what_is_reached_stays_reached_after_a_long_gap() -> None:
    reached = FAIR_START.reached(history(job(0, 100), job(400)), ())
    assert (days_until(reached["week_13"]), days_until(reached["week_26"])) == (90, 400 + 181)


def test_too_few_hours_are_no_sustained_work() -> None:
    assert FAIR_START.reached(history(job(0, hours=15.5)), ()) == {}


def test_quarters_after_leaving_ask_for_work_in_each() -> None:
    rule = QuartersAfterLeaving((2, 4))
    left = (date(2025, 5, 10) - MONDAY).days
    in_fourth = (date(2025, 11, 20) - MONDAY).days
    short = rule.reached(history(job(in_fourth, in_fourth + 3), left=left), ())
    assert short == {"quarter_2": date(2025, 11, 20)}
    both = rule.reached(history(job((date(2025, 12, 30) - MONDAY).days), left=left), ())
    assert both == {"quarter_2": date(2025, 12, 30), "quarter_4": date(2026, 4, 1)}
    assert rule.reached(history(job(0)), ()) == {}


def test_after_leaving_asks_for_work_soon_and_half_a_year_later() -> None:
    rule = AfterLeaving(within_days=28, months=6)
    reached = rule.reached(history(job(20), left=10), ())
    assert reached == {"on_leaving": MONDAY + 20 * DAY, "month_6": months_after(MONDAY + 10 * DAY, 6)}
    assert rule.reached(history(job(39, 60), left=10), ()) == {}


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 6, 30), 18, date(2026, 12, 30)),
    ],
)
def test_months_end_with_their_last_day(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


def test_the_wage_is_that_of_the_day() -> None:
    assert [wage_on(WAGES, day) for day in (date(2023, 1, 1), date(2025, 3, 31), date(2025, 4, 1))] == [11, 11, 12]


JOBS = some.lists(
    some.builds(
        lambda first, length, hours, pay: job(first, None if length is None else first + length, hours, pay),
        some.integers(-40, 200),
        some.none() | some.integers(0, 200),
        some.sampled_from([None, 5.0, 10.0, 16.0, 37.5]),
        some.sampled_from([None, 0.0, 8_000.0, 30_000.0]),
    ),
    max_size=4,
)


def in_work(jobs: list[Spell], day: date) -> list[Spell]:
    return [one for one in jobs if one.starts_on <= day and (one.last_day is None or day <= one.last_day)]


@given(JOBS)
def test_stretches_are_the_days_in_work(jobs: list[Spell]) -> None:
    until = MONDAY + 300 * DAY
    found = stretches(jobs, until)
    assert all(one.last < other.first for one, other in pairwise(found))
    for offset in range(-50, 301):
        day = MONDAY + offset * DAY
        here = [one for one in found if one.first <= day <= one.last]
        expected = sum(one.terms[0].hours_a_week or 0 for one in in_work(jobs, day))
        assert (len(here) == 1) == bool(in_work(jobs, day))
        assert sum(one.hours for one in here) == expected


@given(JOBS)
def test_earnings_are_counted_as_if_day_by_day(jobs: list[Spell]) -> None:
    missing = 16 * 26 * wage_on(WAGES, MONDAY)
    expected = None
    for offset in range(548):
        day = MONDAY + offset * DAY
        for one in in_work(jobs, day):
            pay, hours = one.terms[0].pay_a_year, one.terms[0].hours_a_week or 0
            missing -= pay / 365 if pay is not None else hours * 12.0 / 7
        if missing <= 1e-6:
            expected = day
            break
    reached = RESTART.reached(history(*jobs), (HourlyWage(date(2024, 4, 1), 11.0),))
    if all(one.terms[0].pay_a_year is not None for one in jobs):
        found = reached.get("earnings")
        assert (found is None) == (expected is None)
        assert found is None or expected is None or abs((found - expected).days) <= 1


@given(JOBS)
def test_thirteen_weeks_inside_sixteen_are_found_on_the_first_day_that_has_them(jobs: list[Spell]) -> None:
    worked = [
        sum(one.terms[0].hours_a_week or 0 for one in in_work(jobs, MONDAY + offset * DAY)) >= 7
        for offset in range(-200, 548)
    ]
    ends = (
        index for index in range(len(worked)) if worked[index] and sum(worked[max(0, index - 111) : index + 1]) >= 91
    )
    first = next(ends, None)
    expected = {} if first is None else {"week_13": MONDAY + (first - 200) * DAY}
    assert IPS.reached(history(*jobs), ()) == expected


@given(JOBS)
def test_first_earnings_come_with_the_first_day_in_work_since_the_start(jobs: list[Spell]) -> None:
    days = [MONDAY + offset * DAY for offset in range(450) if in_work(jobs, MONDAY + offset * DAY)]
    assert first_day_in_work(history(*jobs)) == min(days, default=None)
