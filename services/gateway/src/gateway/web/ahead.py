"""What lies ahead of somebody who looks for work: meetings, interviews, first days and what they agreed to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from gateway.web.applications import OPEN

AN_INTERVIEW: Final = timedelta(hours=1)
"""How long an interview is taken to last: nobody is told."""
A_WEEK: Final = timedelta(days=6)
UNDER_WAY: Final = frozenset({"agreed", "in_progress"})
LINKS: Final = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something with a day, or an interview that has none yet. `version` is what calling it off expects.

    `kind` is `meeting`, `interview`, `first_day` or `step`; `about` is its id, and `path` the page that tells of it.
    """

    kind: str
    about: str
    path: str
    title: str = ""
    at: datetime | None = None
    on: date | None = None
    place: str = ""
    link: str = ""
    version: int = 0
    prepared: bool = False


def ahead_of(person: Mapping[str, Any], applications: Sequence[Mapping[str, Any]], now: datetime) -> list[Ahead]:
    """Return what lies ahead, the next first; what has no day yet comes first of all."""
    found = [*_meetings(person, now), *_interviews(applications, now), *_first_days(person, now), *_steps(person, now)]
    return sorted(found, key=lambda one: (one.on or date.min, one.at is None, one.at or now, one.about))


def this_week(one: Ahead, today: date) -> bool:
    """Whether something is within the seven days that begin today, or has no day yet."""
    return one.on is None or one.on <= today + A_WEEK


def promises(person: Mapping[str, Any], owner: str) -> list[Mapping[str, Any]]:
    """Return what one of the two agreed to do and has not done, what is due next first."""
    told = person.get("file", {}).get("promises", ())
    mine = [one for one in told if one["owner"] == owner and one["status"] in UNDER_WAY and one["what"]]
    return sorted(mine, key=lambda one: (one["due"], one["action_id"]))


def _meetings(person: Mapping[str, Any], now: datetime) -> Iterator[Ahead]:
    """Return the meetings with the coach that are not over, in no order."""
    for about, one in person.get("appointments", {}).items():
        at = datetime.fromisoformat(one["starts_at"]).astimezone(now.tzinfo)
        if at + timedelta(minutes=one["minutes"]) > now:
            place, link, version = one["place"] or "", one["link"] or "", one["version"]
            path = "/plan#meetings"
            yield Ahead("meeting", about, path, at=at, on=at.date(), place=place, link=link, version=version)


def _interviews(applications: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[Ahead]:
    for application in applications:
        for one in application["interviews"] if application["stage"] in OPEN else ():
            at = datetime.fromisoformat(one["starts_at"]).astimezone(now.tzinfo) if one["starts_at"] else None
            day = at.date() if at else date.fromisoformat(one["day"]) if one["day"] else None
            over = at + AN_INTERVIEW <= now if at else day is not None and day < now.date()
            if one["state"] == "ahead" and not over:
                yield _interview(application, one, at, day)


def _interview(application: Mapping[str, Any], one: Mapping[str, Any], at: datetime | None, day: date | None) -> Ahead:
    place = one["place"] or ""
    is_link = place.startswith(LINKS)
    return Ahead(
        "interview",
        one["interview_id"],
        f"/applications/{application['application_id']}",
        application["title"] or "",
        at,
        day,
        "" if is_link else place,
        place if is_link else "",
        application["version"],
        one["prepared"],
    )


def _first_days(person: Mapping[str, Any], now: datetime) -> Iterator[Ahead]:
    for job in person.get("file", {}).get("jobs", ()):
        day = date.fromisoformat(job["starts_on"]) if job["starts_on"] and not job["ended"] else None
        if day and day >= now.date():
            yield Ahead("first_day", job["job_id"], "/plan#work", job["title"] or "", on=day)


def _steps(person: Mapping[str, Any], now: datetime) -> Iterator[Ahead]:
    for one in promises(person, "participant"):
        due = date.fromisoformat(one["due"])
        if due >= now.date():
            yield Ahead("step", one["action_id"], f"/plan#action-{one['action_id']}", one["what"], on=due)
