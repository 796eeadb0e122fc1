"""What lies ahead of somebody: only what is not over, the next first, and nothing of an application that is."""

from datetime import UTC, datetime
from typing import Any, Final

from gateway.web.ahead import ahead_of, promises, this_week

NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROMISE: Final = {"action_id": "b", "owner": "participant", "what": "Ring", "due": "2026-03-04", "status": "agreed"}
MEETING: Final = {"starts_at": "2026-03-02T11:45:00Z", "minutes": 30, "place": None, "link": "https://meet.example/1"}


def interview(id_: str, **known: Any) -> dict[str, Any]:
    nothing = {"starts_at": None, "day": None, "place": None, "prepared": False, "state": "ahead"}
    return {"interview_id": id_} | nothing | known


def application(*interviews: dict[str, Any], stage: str = "interview_invited") -> dict[str, Any]:
    return {"application_id": "one", "version": 4, "title": "Baker", "stage": stage, "interviews": interviews}


def kinds(person: dict[str, Any], *applications: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.kind, one.about) for one in ahead_of(person, applications, NOW)]


def test_what_is_over_does_not_lie_ahead_and_what_lasts_does() -> None:
    over = MEETING | {"minutes": 15}
    person = {"appointments": {"lasts": MEETING | {"version": 2}, "over": over | {"version": 1}}}
    assert kinds(person) == [("meeting", "lasts")]


def test_the_next_comes_first_and_an_interview_without_a_day_before_all() -> None:
    job = {"job_id": "j", "title": "Baker", "starts_on": "2026-03-09", "ended": None}
    person = {"file": {"promises": [PROMISE], "jobs": [job]}}
    later = interview("later", starts_at="2026-03-03T09:00:00Z")
    past = interview("past", day="2026-03-01")
    held = interview("held", day="2026-03-03", state="held")
    found = kinds(person, application(later, past, held, interview("some day")))
    assert found == [("interview", "some day"), ("interview", "later"), ("step", "b"), ("first_day", "j")]


def test_an_application_that_is_over_has_nothing_ahead() -> None:
    assert kinds({}, application(interview("a", day="2026-03-03"), stage="withdrawn")) == []


def test_a_link_is_no_place() -> None:
    link, place = (interview(where, day="2026-03-03", place=where) for where in ("https://meet.example/2", "Mill Lane"))
    told = {one.about: (one.link, one.place) for one in ahead_of({}, [application(link, place)], NOW)}
    assert told == {link["place"]: (link["place"], ""), "Mill Lane": ("", "Mill Lane")}


def test_a_week_has_seven_days() -> None:
    days = [interview(day, day=day) for day in ("2026-03-08", "2026-03-09")]
    told = [this_week(one, NOW.date()) for one in ahead_of({}, [application(*days)], NOW)]
    assert told == [True, False]


def test_what_a_coach_promised_is_theirs_alone_and_not_what_is_done() -> None:
    others = [PROMISE | {"owner": "coach"}, PROMISE, PROMISE | {"owner": "coach", "status": "done"}]
    assert promises({"file": {"promises": others}}, "coach") == [others[0]]
