"""What is simulated comes out as its numbers say, within three points. Only lives are drawn here: nothing is done."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from analytics.contracts import Book, packaged
from analytics.outcome_rules import Spell, Terms, WorkHistory, months_after
from caseload.programme_rules import ProgrammeRules
from simulator.calendar import LONDON
from simulator.deed import Deed, Person, Place
from simulator.jobs import SEARCH_BEGINS
from simulator.life import day_of
from simulator.numbers import NUMBERS, Number
from simulator.programme import live

PEOPLE = 2_000
REFERRED = date(2024, 6, 3)
UNTIL = datetime(2026, 3, 2, 7, 30, tzinfo=LONDON)
POINTS = 0.03
REVIEW_DAYS = ProgrammeRules().review_days
BOOK = Book(packaged(), {}, "work-and-health")

Life = Sequence[Deed]


def lives(*, mandatory: bool) -> list[Life]:
    """Draw the lives of people who were referred long enough ago for a whole year of the programme."""
    place = Place(UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4), mandatory, 365)
    days = [REFERRED + timedelta(days=number % 90) for number in range(PEOPLE)]
    return [live(Person("calibration", number, place), day, UNTIL) for number, day in enumerate(days)]


@pytest.fixture(scope="module")
def restart() -> list[Life]:
    """Lives on a mandatory programme."""
    return lives(mandatory=True)


@pytest.fixture(scope="module")
def voluntary() -> list[Life]:
    """Lives on a voluntary programme."""
    return lives(mandatory=False)


def names(life: Life) -> Counter[str]:
    return Counter(deed.name for deed in life)


def total(found: Sequence[Life], name: str) -> int:
    return sum(names(life)[name] for life in found)


def holds(share: float, number: Number) -> bool:
    return abs(share - number.value) <= POINTS


def test_as_many_start_as_are_known_to(restart: list[Life], voluntary: list[Life]) -> None:
    assert holds(total(restart, "start") / PEOPLE, NUMBERS.start_mandatory)
    assert holds(total(voluntary, "start") / PEOPLE, NUMBERS.start_voluntary)


def test_a_quarter_miss_the_first_meeting_and_half_of_them_come_later(restart: list[Life]) -> None:
    booked = [names(life) for life in restart if names(life)["book_first_meeting"]]
    missed = [life for life in booked if life["miss_first_meeting"]]
    assert holds(len(missed) / len(booked), NUMBERS.first_meeting_missed)
    assert abs(sum(life["hold_first_meeting"] for life in missed) / len(missed) - 0.5) <= 2 * POINTS


def test_later_meetings_are_missed_late_and_called_off_as_often_as_they_are(restart: list[Life]) -> None:
    deeds = [deed for life in restart for deed in life if deed.name in {"attend", "miss", "cancel"}]
    count = Counter(deed.name for deed in deeds)
    late = sum(deed.words.get("late", False) for deed in deeds)
    assert holds(count["miss"] / len(deeds), NUMBERS.appointment_missed)
    assert holds(count["cancel"] / len(deeds), NUMBERS.appointment_cancelled)
    assert holds(late / len(deeds), NUMBERS.appointment_late)


def test_those_who_miss_meetings_miss_more_than_one(restart: list[Life]) -> None:
    met = [names(life) for life in restart if names(life)["attend"] + names(life)["miss"] >= 10]
    shares = sorted(life["miss"] / (life["attend"] + life["miss"]) for life in met)
    assert shares[len(shares) // 4] < 0.1
    assert shares[-len(shares) // 10] > 0.35


def test_employers_answer_invite_and_offer_as_often_as_they_do(restart: list[Life]) -> None:
    ends = {id(life): left_at(life) for life in restart}
    old = [
        (life, deed.words["application"])
        for life in restart
        for deed in life
        if deed.name == "send" and deed.at < ends[id(life)] - timedelta(days=62)
    ]
    became = {
        (id(life), deed.words["application"]): set[str]()
        for life in restart
        for deed in life
        if "application" in deed.words
    }
    for life in restart:
        for deed in life:
            if "application" in deed.words:
                became[id(life), deed.words["application"]].add(deed.name)
    seen = [became[id(life), application] for life, application in old]
    resting = [one for one in seen if not one & {"turn_down", "invite", "let_go_silent", "chase"}]
    followed = len(seen) - len(resting)
    silent = sum(not one & {"turn_down", "invite"} for one in seen) - len(resting)
    assert holds(silent / followed, NUMBERS.never_answered)
    assert 0.08 <= sum("invite" in one for one in seen) / followed <= 0.12 + POINTS
    held = [one for one in became.values() if "hold_interview" in one and one & {"offer", "turn_down"}]
    assert holds(sum("offer" in one for one in held) / len(held), NUMBERS.offered)
    answered = [one for one in became.values() if one & {"accept_offer", "decline"}]
    assert holds(sum("accept_offer" in one for one in answered) / len(answered), NUMBERS.offer_accepted)


def test_people_are_active_in_as_many_weeks_and_apply_as_often_in_them(
    restart: list[Life], voluntary: list[Life]
) -> None:
    for found in (restart, voluntary):
        searching, active = 0, Counter[int]()
        for number, life in enumerate(found):
            whole, saved = first_search(life)
            searching += whole
            active.update(number * 1_000 + week for week in saved if 0 <= week < whole)
        assert holds(len(active) / searching, NUMBERS.active_weeks)
        assert holds(active.total() / len(active), NUMBERS.applications_a_week)


def test_three_of_ten_applications_that_a_coach_brokered_lead_to_an_interview(
    restart: list[Life], voluntary: list[Life]
) -> None:
    brokered = [
        {deed.name for deed in life if deed.words.get("application") == saved.words["application"]}
        for life in (*restart, *voluntary)
        for saved in life
        if saved.name == "save_job" and saved.words["brokered"]
    ]
    sent = [became for became in brokered if "send" in became]
    assert holds(sum("invite" in became for became in sent) / len(sent), NUMBERS.invited_brokered)


def test_jobs_are_left_in_their_first_four_weeks_above_all(restart: list[Life], voluntary: list[Life]) -> None:
    left = Counter(
        (one.last_day - one.starts_on).days // 28
        for life in (*restart, *voluntary)
        for one in spells(life)
        if one.last_day
    )
    assert left.most_common(1)[0][0] == 0
    assert left[0] > 1.5 * left[1]


def test_first_earnings_and_outcomes_at_twelve_months_are_those_of_the_programme(restart: list[Life]) -> None:
    started = [(life, start) for life in restart if (start := started_on(life))]
    reached = [
        (BOOK.reached(None, WorkHistory(start, None, spells(life))), months_after(start, 12)) for life, start in started
    ]
    first = sum("first_earnings" in days and days["first_earnings"] <= year for days, year in reached)
    outcome = sum("outcome" in days and days["outcome"] <= year for days, year in reached)
    assert holds(first / len(started), NUMBERS.first_earnings)
    assert holds(outcome / len(started), NUMBERS.outcome)


def test_work_lasts_as_long_as_it_does(restart: list[Life], voluntary: list[Life]) -> None:
    for weeks, number in ((13, NUMBERS.in_work_at_13_weeks), (26, NUMBERS.in_work_at_26_weeks)):
        long_ago = [
            one
            for life in (*restart, *voluntary)
            for one in spells(life)
            if one.starts_on + timedelta(weeks=weeks, days=8) < left_at(life).date()
        ]
        lasting = [
            one for one in long_ago if one.last_day is None or one.last_day >= one.starts_on + timedelta(weeks=weeks)
        ]
        assert holds(len(lasting) / len(long_ago), number)


def first_search(life: Life) -> tuple[int, list[int]]:
    """Return for how many whole weeks a person looked for their first job, and in which they kept one in mind."""
    start = started_on(life)
    if start is None:
        return 0, []
    first = start + timedelta(days=SEARCH_BEGINS)
    end = next((deed.at for deed in life if deed.name == "accept_offer"), left_at(life))
    saved = [day_of(deed.at) for deed in life if deed.name == "save_job"]
    return max(0, (day_of(end) - first).days // 7), [(day - first).days // 7 for day in saved]


def left_at(life: Life) -> datetime:
    """Return when a person left, the end of all where they did not."""
    return next((deed.at for deed in life if deed.name in {"complete", "exit_early"}), UNTIL)


def started_on(life: Life) -> date | None:
    return next((deed.at.date() for deed in life if deed.name == "start"), None)


def spells(life: Life) -> tuple[Spell, ...]:
    """Return the jobs of a life."""
    ended: dict[Any, date] = {
        deed.words["starts_on"]: deed.words["last_day"] for deed in life if deed.name == "end_job"
    }
    taken = [deed.words for deed in life if deed.name == "accept_offer"]
    return tuple(
        Spell(one["starts_on"], ended.get(one["starts_on"]), (Terms(one["starts_on"], one["hours"], one["pay"]),))
        for one in taken
    )


def test_nothing_happens_to_an_application_that_was_never_begun(restart: list[Life], voluntary: list[Life]) -> None:
    for deeds in (*restart, *voluntary):
        begun: set[Any] = set()
        for deed in deeds:
            if deed.name == "save_job":
                begun.add(deed.words["application"])
            assert deed.words.get("application") in {None, *begun}, deed.name


def test_who_left_is_asked_how_work_goes_all_the_same_and_no_action_of_theirs_falls_due(
    restart: list[Life], voluntary: list[Life]
) -> None:
    after = Counter[str]()
    for deeds in (*restart, *voluntary):
        left = next((deed.at for deed in deeds if deed.name in {"complete", "exit_early"}), None)
        after.update(deed.name for deed in deeds if left and deed.at > left)
    assert after.keys() == {"let_go_silent", "ask_how_work_goes", "miss_check_in"}
    assert after["ask_how_work_goes"] > PEOPLE / 100


def test_most_plans_are_looked_at_again_by_their_day(restart: list[Life]) -> None:
    spans = [days for deeds in restart for days in days_between_reviews(deeds)]
    assert sum(max(0, days - REVIEW_DAYS) for days in spans) < sum(spans) * 0.05


def test_both_go_through_the_plan_when_they_met_or_spoke(restart: list[Life], voluntary: list[Life]) -> None:
    for deeds in (*restart, *voluntary):
        fell_through = {deed.words["appointment"] for deed in deeds if deed.name in {"miss", "cancel"}}
        met = [deed for deed in deeds if deed.name == "book" and deed.words["appointment"] not in fell_through]
        talked = {deed.words["starts_at"] + timedelta(hours=1) for deed in met}
        talked |= {deed.at for deed in deeds if deed.name == "contact"}
        for deed in deeds:
            assert deed.name != "review_plan" or deed.at - timedelta(minutes=2) in talked


def test_an_offer_is_answered_unless_another_one_is_accepted_or_the_person_leaves(
    restart: list[Life], voluntary: list[Life]
) -> None:
    for deeds in (*restart, *voluntary):
        left = min(left_at(deeds), UNTIL)
        answered = {deed.words["application"] for deed in deeds if deed.name in {"accept_offer", "decline"}}
        taken = [deed.at for deed in deeds if deed.name == "accept_offer"]
        for deed in deeds:
            if deed.name == "offer" and deed.words["application"] not in answered:
                soon = deed.at + timedelta(days=4)
                assert soon > left or any(deed.at < at < soon for at in taken)


def days_between_reviews(life: Life) -> list[int]:
    """Return how many days passed from when both signed the plan to its first review, and between reviews."""
    signed = [deed.at for deed in life if deed.name == "sign_plan"]
    if len(signed) < 2:
        return []
    agreed, left = max(signed), left_at(life)
    reviewed = [deed.at for deed in life if deed.name == "review_plan" and agreed < deed.at < left]
    moments = [agreed, *reviewed, max(agreed, left)]
    return [(then - now).days for now, then in pairwise(moments)]
