"""Diary: a coach's meetings, a week at a time, and those before it that nobody said the outcome of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.web.admission import AtPage
from gateway.web.people import OUTCOMES, SERVICE
from gateway.web.today import CHANNELS
from gateway.web.visitor import Visitor
from gateway.web.words import N_

WEEK: Final = 7
USUAL: Final = 30
"""Minutes that a meeting takes whose length nobody said."""
LATEST: Final = date(2200, 1, 1)
EARLIEST: Final = date(2000, 1, 1)
WHAT: Final[Mapping[str, str]] = {
    "first_meeting": N_("First meeting"),
    "handover": N_("Handover"),
    "review": N_("Review"),
    "job_search": N_("Job search"),
    "in_work_support": N_("Support in work"),
    "other": N_("Meeting"),
}

DayShown = tuple[date, list[Mapping[str, Any]]]

diary_router = APIRouter(include_in_schema=False)


@diary_router.get("/diary")
async def show_diary(visitor: AtPage, week: str = "", coach: UUID | None = None) -> HTMLResponse:
    """Show the week that a day lies in, this week where none is named."""
    monday = _monday(week, visitor.now.date())
    whose = {"coach": str(coach)} if coach else {}
    asked = {"first_day": monday.isoformat(), "days": str(WEEK)} | whose
    shown = await visitor.read(SERVICE, "/diary", **asked)
    days, today = _days(visitor, shown["entries"]), date.fromisoformat(shown["today"])
    is_now = monday <= today < monday + timedelta(days=WEEK)
    return visitor.page(
        "diary.html",
        diary=shown,
        days=with_today(days, today) if is_now else days,
        monday=monday,
        sunday=monday + timedelta(days=WEEK - 1),
        earlier=_path(monday - timedelta(days=WEEK), whose),
        later=_path(monday + timedelta(days=WEEK), whose),
        this_week=_path(None, whose),
        is_now=is_now,
        back=_path(monday, whose),
        of=visitor.desk.staff.get(coach, "") if coach else "",
        what={code: visitor.say(words) for code, words in WHAT.items()},
        channels={code: visitor.say(words) for code, words in CHANNELS.items()},
        outcomes={code: visitor.say(words) for code, (words, _, _) in OUTCOMES.items()},
    )


def _monday(asked: str, today: date) -> date:
    """Return the Monday of the week that is asked for, of this one where that is no day."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = today
    day = min(max(day, EARLIEST), LATEST)
    return day - timedelta(days=day.weekday())


def with_today(days: Sequence[DayShown], today: date) -> Sequence[DayShown]:
    """Return a week that has meetings with today in it, also where today has none: readers see where they are."""
    return days if not days or today in dict(days) else sorted([*days, (today, [])], key=itemgetter(0))


def _days(visitor: Visitor, entries: Sequence[Mapping[str, Any]]) -> list[DayShown]:
    """Return the meetings by the day that they are on where the reader is."""

    def day(entry: Mapping[str, Any]) -> date:
        return datetime.fromisoformat(entry["starts_at"]).astimezone(visitor.desk.zone).date()

    overlapping = _overlapping(entries, visitor.now)
    told = [{**entry, "overlaps": _key(entry) in overlapping} for entry in entries]
    return [(on, list(met)) for on, met in groupby(told, day)]


def _overlapping(entries: Iterable[Mapping[str, Any]], now: datetime) -> set[str]:
    """Return the keys of the meetings that are not over, the earliest first, that take place while another one does."""
    found: set[str] = set()
    busy_until, before = None, ""
    for entry in entries:
        starts_at = datetime.fromisoformat(entry["starts_at"])
        ends_at = starts_at + timedelta(minutes=entry["minutes"] or USUAL)
        if entry["outcome"] != "none" or ends_at <= now:
            continue
        if busy_until and starts_at < busy_until:
            found |= {before, _key(entry)}
        if not busy_until or ends_at > busy_until:
            busy_until, before = ends_at, _key(entry)
    return found


def _key(entry: Mapping[str, Any]) -> str:
    return f"{entry['what']} {entry['appointment_id'] or entry['referral_id']}"


def _path(monday: date | None, whose: Mapping[str, str]) -> str:
    told = {**({"week": monday.isoformat()} if monday else {}), **whose}
    return f"/diary?{urlencode(told)}" if told else "/diary"
