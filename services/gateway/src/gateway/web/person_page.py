"""What the Participant page shows of a person, as they stand or stood on a day, with a form that was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi.responses import HTMLResponse

from gateway.access import LEADERS
from gateway.home import UP_TO_DATE, fitting, with_new_jobs
from gateway.services import Question
from gateway.web import work
from gateway.web.deeds import NOTHING, Refused
from gateway.web.people import (
    BARRIERS,
    BOOK,
    CLOSED,
    DEEDS,
    EXCUSE,
    HANDLE,
    IN_LIFE,
    MOVE,
    MOVE_MEETING,
    NEEDS,
    OUTCOMES,
    SERVICE,
    STANDARDS,
    STANDS,
    TRACKS,
    WAYS,
    mark_read,
)
from gateway.web.session_box import Again, session_box
from gateway.web.visitor import Visitor
from gateway.web.words import N_

KINDS: Final = (
    ("referral", N_("Referral")),
    ("case", N_("Case")),
    ("plan", N_("Plan")),
    ("contact", N_("Contact")),
    ("search", N_("Job search")),
    ("work", N_("Work")),
    ("learning", N_("Courses")),
    ("standards", N_("Promises of the service")),
    ("nudges", N_("Nudges")),
)
STEPS: Final[Mapping[str, str]] = {
    "agree": N_("Agree"),
    "begin": N_("Begin"),
    "done": N_("Done"),
    "standby": N_("Let it rest"),
    "resume": N_("Go on"),
    "cancel": N_("Drop it"),
}
STEPS_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "suggested": ("agree", "cancel"),
    "agreed": ("done", "begin", "standby", "cancel"),
    "in_progress": ("done", "standby", "cancel"),
    "standby": ("resume", "done", "cancel"),
}
STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "suggested": ("soon", N_("Suggested")),
    "agreed": ("calm", N_("Agreed")),
    "in_progress": ("calm", N_("In progress")),
    "standby": ("calm", N_("Resting")),
    "done": ("good", N_("Done")),
    "cancelled": ("calm", N_("Dropped")),
}
APPLICATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "saved": ("calm", N_("Thinking about it")),
    "interested": ("calm", N_("Thinking about it")),
    "preparing": ("calm", N_("Getting it ready")),
    "sent": ("soon", N_("Sent, no answer yet")),
    "acknowledged": ("soon", N_("They have it, no answer yet")),
    "interview": ("good", N_("Interview")),
    "offered": ("good", N_("Offer")),
    "accepted": ("good", N_("Taken")),
}
ENDS: Final[Mapping[str, str]] = {
    "declined": N_("They did not take it"),
    "no_answer": N_("Nobody answered"),
    "superseded": N_("They took another job"),
    "vacancy_closed": N_("The job is gone"),
    "fell_through": N_("It fell through"),
    "rejected": N_("The employer said no"),
    "withdrawn": N_("They did not want it"),
}
"""Why an application is over."""
AT_ONCE: Final = "50"
"""So many facts are shown at once."""


@dataclass(frozen=True, slots=True)
class Looking:
    """How a person is looked at: on a past day, by which time, and which part of what happened.

    It begins `before` a fact, or down from one, `fact`, that somebody wants to see; all of it is in the address.
    """

    as_of: str = ""
    by: str = "occurred_at"
    kind: str = ""
    before: str = ""
    fact: str = ""

    @property
    def day(self) -> dict[str, str]:
        """What a service is asked for a past day, nothing for now."""
        return {"as_of": self.as_of, "by": self.by} if self.as_of else {}

    def part(self, page: Mapping[str, Any]) -> dict[str, str]:
        """Return which part of the timeline is asked for, nothing where the page itself has it."""
        there = not self.fact or any(entry["id"] == self.fact for entry in page["timeline"])
        begins = {"before": self.before} if self.before else {} if there else {"down_from": self.fact}
        return ({"kind": self.kind} if self.kind else {}) | begins

    def path(self, participant_id: UUID, before: str = "") -> str:
        """Return the address of the same look from a fact on, the latest facts for none."""
        told = {**self.day, "kind": self.kind, "before": before}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"/people/{participant_id}{'?' if query else ''}{query}#timeline"


NOW: Final = Looking()


async def person_page(
    visitor: Visitor,
    participant_id: UUID,
    looking: Looking = NOW,
    again: Again | None = None,
    refused: Refused = NOTHING,
) -> HTMLResponse:
    """Return the page; with a session box, or another form, as it was filled in where it could not be kept."""
    page = await visitor.read(SERVICE, f"/participants/{participant_id}", **looking.day)
    case, part = page["case_id"], looking.part(page)
    found, missing = await visitor.read_all(_further(page, looking, part))
    appointments = (found.get("appointments") or {}).get("appointments", [])
    messages = (found.get("messages") or {}).get("messages", [])
    if not looking.as_of:
        await mark_read(visitor, case, messages, "participant")
        known = {"participant": page, "jobs": found.get("fitting")}
        page = (await with_new_jobs(visitor.answers, participant_id, known))["participant"]
    told = found.get("timeline") or {"entries": page["timeline"], "next": page["further"]}
    if not told["entries"] and "down_from" in part:
        told = {"entries": page["timeline"], "next": page["further"]}
    return visitor.page(
        "person.html",
        status=again.status if again else 200,
        page=page,
        timeline_entries=told["entries"],
        further=looking.path(participant_id, told["next"]) if told["next"] else "",
        first=looking.path(participant_id) if part.keys() & {"before", "down_from"} else "",
        messages=list(reversed(messages)),
        appointments=_stood(visitor, page) if looking.as_of else appointments,
        contacts_then=Looking(looking.as_of, looking.by, "contact").path(participant_id),
        jobs=work.shown(page["file"]["jobs"], found.get("jobs")),
        **work.words(visitor),
        titles=_titles(page, found.get("courses")),
        box=session_box(visitor, appointments, again),
        refused=refused,
        kind=looking.kind,
        **_life(visitor, page["status"]),
        **_deeds(visitor),
        **_words(visitor),
        missing=missing,
    )


def _further(page: Mapping[str, Any], looking: Looking, part: Mapping[str, str]) -> dict[str, Question]:
    """Return what else is asked: of a past day nothing that only knows how it is now."""
    case, asked = page["case_id"], {}
    if not looking.as_of:
        asked["messages"] = Question(SERVICE, f"/cases/{case}/messages")
        asked["appointments"] = Question(SERVICE, f"/cases/{case}/appointments")
        asked["jobs"] = work.question(case)
        if page["next_step"]["rule"] == UP_TO_DATE:
            asked["fitting"] = fitting(page["participant_id"])
    if part:
        query = {**part, **looking.day, "limit": AT_ONCE}
        asked["timeline"] = Question(SERVICE, f"/participants/{page['participant_id']}/timeline", query=query)
    if page["file"]["courses"]:
        asked["courses"] = Question("learning", "/courses")
    return asked


def _stood(visitor: Visitor, page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the meetings that nobody had settled on a past day, the latest first."""
    day = date.fromisoformat(page["as_of"]["day"])

    def over(one: Mapping[str, Any]) -> bool:
        return datetime.fromisoformat(one["starts_at"]).astimezone(visitor.desk.zone).date() <= day

    then = [
        {**one, "appointment_id": id_, "outcome": "none", "needs_outcome": over(one)}
        for id_, one in page["appointments"].items()
    ]
    return sorted(then, key=lambda one: str(one["starts_at"]), reverse=True)


def _titles(page: Mapping[str, Any], courses: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what courses are called, by their codes; one that is not known by name is called by its code."""
    known = {one["course"]: one["title"] for one in (courses or {"courses": ()})["courses"]}
    codes = [one["course"] for one in page["file"]["courses"]]
    return {code: known.get(code) or code.replace("-", " ").capitalize() for code in codes}


def _deeds(visitor: Visitor) -> dict[str, Any]:
    """Return what can be done on the page."""
    return {
        "deed": DEEDS,
        "book": BOOK,
        "move": MOVE,
        "move_meeting": MOVE_MEETING,
        "handle": HANDLE,
        "excuse": EXCUSE if visitor.actor.role in LEADERS else None,
        "steps_from": STEPS_FROM,
    }


def _words(visitor: Visitor) -> dict[str, Any]:
    """Return what codes are called, in the reader's language."""

    def said(some: Sequence[tuple[str, str]] | Mapping[str, str]) -> dict[str, str]:
        return {code: visitor.say(words) for code, words in dict(some).items()}

    def marked(some: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        return {code: (mark, visitor.say(words)) for code, (mark, words) in some.items()}

    return {
        "kinds": [("", visitor.say(N_("Everything"))), *said(KINDS).items()],
        "standards": said(STANDARDS),
        "barriers": said(BARRIERS),
        "needs": said(NEEDS),
        "tracks": said(TRACKS),
        "channels": said(WAYS),
        "steps": said(STEPS),
        "statuses": marked(STATUSES),
        "applications": marked(APPLICATIONS),
        "application_ends": said(ENDS),
        "outcomes": said({code: words for code, (words, _, _) in OUTCOMES.items()}),
        "staff": visitor.desk.staff_names,
    }


def _life(visitor: Visitor, status: str) -> dict[str, Any]:
    """Return how a case that does not go on as usual is shown, and what can be done about it where it stands."""
    stands, is_closed = STANDS.get(status), status in CLOSED
    usual = ("concern",) if is_closed else ("track", "needs", "concern")
    return {
        "stands": (stands[0], visitor.say(stands[1])) if stands else None,
        "is_closed": is_closed,
        "in_life": (*usual, *IN_LIFE.get(status, ())),
    }
