"""A coach stands in for another from a day to a day: they do what the coach may, and it ends by itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from caseload.case import Case
from caseload.cover import CoverForThemselves, CoverIsOver, NobodyToCoverFor
from caseload.moment import Now
from caseload.sentences import sentence_of
from caseload.today_page import CoverShown
from chassis.aggregate import Refusal
from events.caseload import CaseCompleted, CaseCovered, CaseCoverEnded, CoachAssigned
from events.fact import Fact
from tests.caseload.cases import AMIR, BETHAN, NOW, OTHER, STARTED, decided, given
from tests.caseload.running import NORTHWAY, Person, Platform, asked, eventually, read_after
from tests.caseload.telling import started

LONDON = ZoneInfo("Europe/London")
WITH_AMIR = CoachAssigned(occurred_at=NOW, coach_id=AMIR)
ENDED = CaseCoverEnded(occurred_at=NOW)
DAY = timedelta(days=1)


def covered(coach: UUID = BETHAN, begins: timedelta = timedelta(), ends: timedelta = 7 * DAY) -> CaseCovered:
    return CaseCovered(occurred_at=NOW, coach_id=coach, begins_at=NOW + begins, ends_at=NOW + ends)


@pytest.mark.parametrize(
    ("before", "ask", "after"),
    [
        ([WITH_AMIR], lambda case: case.stand_in(covered(), NOW), [covered()]),
        ([WITH_AMIR, covered()], lambda case: case.stand_in(covered(), NOW), []),
        ([WITH_AMIR, covered()], lambda case: case.stand_in(covered(OTHER), NOW), [covered(OTHER)]),
        ([WITH_AMIR, covered()], lambda case: case.end_cover(NOW), [ENDED]),
        ([WITH_AMIR, covered()], lambda case: case.end_cover(NOW + 7 * DAY), []),
        ([WITH_AMIR, covered(), ENDED], lambda case: case.end_cover(NOW), []),
        ([WITH_AMIR], lambda case: case.end_cover(NOW), []),
    ],
)
def test_cover_is_noted_once(before: list[Fact], ask: Callable[[Case], None], after: list[Fact]) -> None:
    case = given(*before)
    ask(case)
    assert decided(case) == after


@pytest.mark.parametrize(
    ("before", "fact", "refusal"),
    [
        ([], covered(), NobodyToCoverFor),
        ([WITH_AMIR], covered(AMIR), CoverForThemselves),
        ([WITH_AMIR], covered(begins=-9 * DAY, ends=timedelta()), CoverIsOver),
        ([WITH_AMIR], covered(begins=9 * DAY, ends=8 * DAY), CoverIsOver),
        ([WITH_AMIR, STARTED, CaseCompleted(occurred_at=NOW)], covered(), Refusal),
    ],
)
def test_cover_that_makes_no_sense_is_refused(before: list[Fact], fact: CaseCovered, refusal: type[Refusal]) -> None:
    case = given(*before)
    with pytest.raises(refusal):
        case.stand_in(fact, NOW)
    assert decided(case) == []


def test_it_begins_and_ends_by_itself_and_with_another_coach() -> None:
    case = given(WITH_AMIR, covered(begins=DAY, ends=3 * DAY))
    held = [BETHAN in case.coaches_at(NOW + shift) for shift in (timedelta(), DAY, 2 * DAY, 3 * DAY)]
    assert held == [False, True, True, False]
    case.assign(OTHER, NOW)
    assert case.coaches_at(NOW + DAY) == {OTHER}


def test_a_row_knows_the_same_as_the_case() -> None:
    journey = started(NOW).tell(WITH_AMIR, covered())
    assert journey.stands().case.coaches_at(NOW) == {AMIR, BETHAN}
    journey.tell(CoachAssigned(occurred_at=NOW, coach_id=OTHER))
    assert journey.stands().case.coaches_at(NOW) == {OTHER}


def test_its_days_are_those_of_the_programmes_time_zone() -> None:
    begins, ends = datetime(2026, 7, 5, 23, tzinfo=UTC), datetime(2026, 7, 17, 23, tzinfo=UTC)
    fact = CaseCovered(occurred_at=NOW, coach_id=BETHAN, begins_at=begins, ends_at=ends)
    assert sentence_of(fact, LONDON).words == "Another coach stands in from 6 July 2026 until 17 July 2026."
    cover = given(WITH_AMIR, fact).cover
    shown = CoverShown.of(cover, Now(begins, LONDON))
    assert shown
    assert (shown.first_day, shown.last_day) == (date(2026, 7, 6), date(2026, 7, 17))
    assert CoverShown.of(cover, Now(ends, LONDON)) is None


@pytest.fixture
def bethan() -> UUID:
    """Name another coach of Northway."""
    return uuid4()


@pytest.fixture
def colleague(platform: Platform, bethan: UUID) -> Iterator[httpx.Client]:
    """Let Bethan ask."""
    with platform.client("coach", NORTHWAY, bethan) as client:
        yield client


def day(shift: int) -> str:
    return (datetime.now(LONDON).date() + timedelta(days=shift)).isoformat()


def stands_in(coach: httpx.Client, who: UUID, first: int, last: int) -> httpx.Response:
    answer = asked(coach, "/cover", {"covering_id": str(who), "first_day": day(first), "last_day": day(last)})
    assert answer.is_success, answer.text
    return answer


def test_who_stands_in_does_what_the_coach_may_but_hand_it_on(
    coach: httpx.Client, colleague: httpx.Client, case: str, ada: Person, bethan: UUID
) -> None:
    eventually(coach, "/today", lambda page: page["on_course"])
    assert colleague.get(case).status_code == 403
    begun = stands_in(coach, bethan, 0, 9)
    assert [one["result"] for one in begun.json()["cases"]] == ["done"]
    page = read_after(begun, colleague, "/today").json()
    (one,) = page["on_course"]
    assert (one["participant_id"], one["coach_id"] == str(bethan)) == (str(ada.id), False)
    contact = {"channel": "phone", "occurred_at": datetime.now(UTC).isoformat()}
    assert asked(colleague, f"{case}/contacts", contact).status_code == 201
    bar = read_after(begun, colleague, f"/participants/{ada.id}").json()
    assert bar["cover"] == {"coach_id": str(bethan), "first_day": day(0), "last_day": day(9)}
    assert read_after(begun, colleague, case).status_code == 200
    theirs = asked(colleague, "/cover", {"covering_id": str(uuid4()), "first_day": day(0), "last_day": day(9)})
    assert theirs.json()["cases"] == []
    (entry,) = coach.get("/cover").json()["covers"]
    assert (entry["covering_id"], entry["first_day"], entry["holds"], entry["cases"]) == (str(bethan), day(0), True, 1)


def test_a_coach_who_is_back_early_is_covered_no_longer(
    coach: httpx.Client, colleague: httpx.Client, case: str, bethan: UUID
) -> None:
    eventually(coach, "/today", lambda page: page["on_course"])
    read_after(stands_in(coach, bethan, 0, 9), coach, "/today")
    ended = asked(coach, "/cover/end", {})
    assert read_after(ended, colleague, "/today").json()["on_course"] == []
    assert colleague.get(case, params={"at_least": ended.headers["Waymark-Position"]}).status_code == 403
    assert coach.get("/cover").json()["covers"] == []


def test_cover_of_a_day_to_come_lets_nobody_in_today_and_only_leaders_name_it_for_others(
    coach: httpx.Client, colleague: httpx.Client, leader: httpx.Client, case: str, bethan: UUID, amir: UUID
) -> None:
    eventually(coach, "/today", lambda page: page["on_course"])
    body = {"coach_id": str(amir), "covering_id": str(bethan), "first_day": day(3), "last_day": day(5)}
    assert asked(colleague, "/cover", body).status_code == 403
    planned = asked(leader, "/cover", body)
    assert read_after(planned, colleague, "/today").json()["on_course"] == []
    assert colleague.get(case).status_code == 403
    (entry,) = [one for one in leader.get("/cover").json()["covers"] if one["covering_id"] == str(bethan)]
    assert (entry["coach_id"], entry["holds"], entry["last_day"]) == (str(amir), False, day(5))
