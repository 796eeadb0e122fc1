"""What a coach can do with a person, wherever they see them: one form for each deed, and what undoes it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from chassis.problem import ProblemError
from gateway.services import Question
from gateway.undoing import Step
from gateway.web.admission import AtPage
from gateway.web.deeds import CHANNELS, Asked, Deed, Kind, Options
from gateway.web.visitor import Visitor
from gateway.web.words import N_

SERVICE: Final = "caseload"
WAYS: Final[Options] = (
    ("phone", N_("Phone")),
    ("in_person", N_("In person")),
    ("video", N_("Video")),
    ("message", N_("Message")),
    ("letter", N_("Letter")),
)
OWNERS: Final[Options] = (("participant", N_("The person")), ("coach", N_("I do")))
TRACKS: Final[Options] = (
    ("work_ready", N_("Ready for work")),
    ("supported", N_("Supported")),
    ("intensive", N_("Intensive")),
)
BARRIERS: Final[Options] = tuple(
    (code, code.capitalize())
    for code in (
        "housing",
        "job",
        "training",
        "administration",
        "money",
        "mobility",
        "health",
        "family",
        "language",
        "digital",
    )
)
NEEDS: Final[Options] = (
    ("interpreter", N_("Interpreter")),
    ("call_only", N_("Call only")),
    ("no_letters", N_("No letters")),
    ("accessible_format", N_("Accessible format")),
)
PAUSES: Final[Options] = (
    ("health", N_("Health")),
    ("caring", N_("Caring for somebody")),
    ("bereavement", N_("Bereavement")),
    ("holiday", N_("Holiday")),
    ("other", N_("Something else")),
)
EXITS: Final[Options] = (
    ("moved_away", N_("Moved away")),
    ("health", N_("Health")),
    ("in_training", N_("In training")),
    ("not_reachable", N_("Not reachable")),
    ("own_wish", N_("Their own wish")),
    ("deceased", N_("Has died")),
    ("other", N_("Something else")),
)
STANDARDS: Final = {
    "acknowledge": N_("confirm the referral"),
    "start": N_("begin with them"),
    "plan": N_("agree a plan"),
}
YES_OR_NO: Final[Options] = (("yes", N_("Yes")), ("no", N_("No")))
A_PLACE: Final = N_("Such as: at the library")
A_WAY: Final = N_("Such as: with the CV of last week")
WHAT: Final = (
    Asked("what", N_("What?"), required=True),
    Asked("where", N_("Where?"), hint=A_PLACE),
    Asked("how", N_("How?"), hint=A_WAY),
    Asked("due", N_("By when?"), Kind.DAY, required=True),
)
CONTACT: Final = Deed(
    "contact",
    "/contacts",
    N_("Record contact"),
    (
        Asked("channel", N_("How?"), Kind.CHOICE, WAYS, value="phone"),
        Asked("note", N_("Note"), Kind.NOTE),
        Asked("occurred_at", N_("When?"), Kind.NOW, hint=N_("Leave it empty for now")),
    ),
    "",
)
SNOOZE: Final = Deed(
    "snooze",
    "/snooze",
    N_("Put off"),
    (
        Asked("until", N_("Until when?"), Kind.DAY, required=True),
        Asked("reason", N_("Why?"), required=True),
        Asked("rule", "", Kind.HIDDEN),
    ),
)
MOVE: Final = Deed("due", "/due", N_("Move the date"), (Asked("due", N_("By when?"), Kind.DAY, required=True),))
HANDLE: Final = Deed(
    "handled",
    "/handled",
    N_("It is dealt with"),
    (
        Asked(
            "how",
            N_("What was done about it?"),
            Kind.NOTE,
            required=True,
            hint=N_("If the worry comes back, raise it again."),
        ),
    ),
    "",
)
EXCUSE: Final = Deed(
    "excuse",
    "/excuse",
    N_("It no longer applies"),
    (Asked("explanation", N_("Why?"), required=True),),
)
BOOK: Final = Deed(
    "book",
    "/appointments",
    N_("Book a meeting"),
    (
        Asked("starts_at", N_("When?"), Kind.MOMENT, required=True),
        Asked(
            "kind",
            N_("What for?"),
            Kind.CHOICE,
            (
                ("review", N_("Review")),
                ("job_search", N_("Job search")),
                ("in_work_support", N_("Support in work")),
                ("other", N_("Something else")),
            ),
            value="review",
        ),
        Asked("channel", N_("How?"), Kind.CHOICE, CHANNELS, value="in_person"),
        Asked("place", N_("Where?")),
        Asked("link", N_("Link for a video meeting")),
    ),
)
MOVE_MEETING: Final = Deed(
    "another-time",
    "/reschedule",
    N_("Move it"),
    (Asked("starts_at", N_("When?"), Kind.MOMENT, required=True),),
)
OUTCOMES: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "came": (N_("They came"), "attended", {"late": False}),
    "late": (N_("They came late"), "attended", {"late": True}),
    "missed": (N_("They did not come"), "missed", {"acceptable": False}),
    "excused": (N_("Did not come, with a good reason"), "missed", {"acceptable": True}),
    "correct": (N_("That was wrong"), "correct", {}),
    "call-off": (N_("Call it off"), "cancel", {"by": "service"}),
    "they-cannot": (N_("They cannot come"), "cancel", {"by": "participant"}),
}
DEEDS: Final[Mapping[str, Deed]] = {
    deed.code: deed
    for deed in (
        CONTACT,
        SNOOZE,
        Deed("coach", "/coach", N_("Assign"), (Asked("coach_id", N_("Coach"), Kind.CHOICE),)),
        Deed("unsnooze", "/unsnooze", N_("Look at it again now")),
        Deed(
            "agree",
            "/actions",
            N_("Agree an action"),
            (Asked("owner", N_("Who does it?"), Kind.CHOICE, OWNERS, value="participant"), *WHAT),
        ),
        Deed("plan", "/plan", N_("Write a plan"), (Asked("goal", N_("What is it for?"), Kind.NOTE, required=True),)),
        Deed("plan-sign", "/plan/sign", N_("Sign the plan"), look="", sends=True),
        Deed("plan-review", "/plan/review", N_("Note a review"), (Asked("note", N_("Note"), Kind.NOTE),)),
        Deed(
            "track",
            "/track",
            N_("Choose the track"),
            (
                Asked("track", N_("Track"), Kind.CHOICE, TRACKS, required=True),
                Asked("reason", N_("Why?"), required=True),
            ),
        ),
        Deed(
            "needs",
            "/needs",
            N_("Note needs"),
            (
                Asked("barriers", N_("What stands in the way?"), Kind.MANY, BARRIERS),
                Asked("contact_needs", N_("When getting in touch"), Kind.MANY, NEEDS),
                Asked("summary", N_("In your words"), Kind.NOTE),
            ),
        ),
        Deed(
            "concern",
            "/safety-concerns",
            N_("Raise a safety concern"),
            (Asked("what", N_("What worries you?"), Kind.NOTE, required=True),),
        ),
        Deed(
            "pause",
            "/pause",
            N_("Pause their case"),
            (
                Asked("reason", N_("Why?"), Kind.CHOICE, PAUSES, required=True),
                Asked("until", N_("Last day of rest"), Kind.DAY),
            ),
        ),
        Deed("resume", "/resume", N_("Go on")),
        Deed("complete", "/complete", N_("Complete the programme")),
        Deed("reactivate", "/reactivate", N_("Go on with them"), (Asked("explanation", N_("Why?"), required=True),)),
        Deed(
            "hand-back",
            "/hand-back",
            N_("Hand back to the referrer"),
            (
                Asked(
                    "report",
                    N_("What was done?"),
                    Kind.NOTE,
                    required=True,
                    hint=N_("The referrer reads it. This cannot be undone."),
                ),
            ),
            "danger",
        ),
        Deed(
            "exit",
            "/exit",
            N_("They leave early"),
            (
                Asked("reason", N_("Why?"), Kind.CHOICE, EXITS, required=True),
                Asked("explanation", N_("In your words"), Kind.NOTE),
            ),
            "danger",
        ),
        Deed(
            "job",
            "/jobs",
            N_("Record a job"),
            (
                Asked("title", N_("What?"), required=True),
                Asked("employer", N_("Employer")),
                Asked("starts_on", N_("First day"), Kind.DAY, hint=N_("Leave it empty until it is known")),
                Asked("hours_a_week", N_("Hours a week"), Kind.NUMBER),
                Asked("pay_a_year", N_("Pounds a year"), Kind.NUMBER),
                Asked("self_employed", N_("Do they work for themselves?"), Kind.YES, YES_OR_NO, value="no"),
            ),
        ),
        Deed("message", "/messages", N_("Send"), (Asked("text", N_("Message"), Kind.NOTE, required=True),), ""),
    )
}
IN_LIFE: Final[Mapping[str, tuple[str, ...]]] = {
    "active": ("pause", "complete", "exit"),
    "in_work": ("pause", "complete", "exit"),
    "paused": ("resume", "exit"),
    "completed": ("reactivate", "hand-back"),
    "exited_early": ("reactivate", "hand-back"),
}
"""What can become of a case, by where it stands."""
STANDS: Final[Mapping[str, tuple[str, str]]] = {
    "in_work": ("good", N_("In work")),
    "paused": ("soon", N_("Paused")),
    "completed": ("good", N_("Completed the programme")),
    "exited_early": ("calm", N_("Left early")),
    "not_started": ("calm", N_("Never began")),
    "handed_back": ("calm", N_("With the referrer again")),
    "entered_in_error": ("late", N_("Entered in error")),
}
"""How a case is shown that does not go on as usual."""
CLOSED: Final = STANDS.keys() - {"in_work", "paused"}


class Way(NamedTuple):
    """The route that undoes a deed, by the ids that the deed was answered with, and what it is told.

    With `matches` the thing has to stand as the deed left it. With `names` the route is told which version the deed
    made; what happened since does not matter then.
    """

    path: str
    matches: bool = False
    names: bool = False
    body: Mapping[str, Any] | None = None


AT_ONCE: Final = {"explanation": "Taken back at once."}
UNDO: Final[Mapping[str, Way]] = {
    "contact": Way("/cases/{case}/contacts/{contact}/entered-in-error"),
    "message": Way("/cases/{case}/messages/{message}/withdraw"),
    "agree": Way("/cases/{case}/actions/{action}/cancel", matches=True),
    "snooze": Way("/cases/{case}/unsnooze", matches=True),
    "pause": Way("/cases/{case}/resume", matches=True),
    "complete": Way("/cases/{case}/reactivate", matches=True, body=AT_ONCE),
    "exit": Way("/cases/{case}/reactivate", matches=True, body=AT_ONCE),
    "handled": Way("/cases/{case}/safety-concerns/{concern}/handled/take-back", names=True),
    "plan-review": Way("/cases/{case}/plan/review/take-back", names=True),
    "job": Way("/jobs/{job}/not-started", matches=True, body={}),
    "book": Way("/appointments/{appointment}/cancel", matches=True, body={"by": "service"}),
    "another-time": Way("/appointments/{appointment}/reschedule/take-back", names=True),
    "action": Way("/cases/{case}/actions/{action}/take-back", names=True),
}
BACK: Final = re.compile(r"/(today|plan|diary|caseload|messages)(\?[\w=&-]*)?(#[\w-]*)?")


def undo_of(code: str, case: object, told: Mapping[str, Any], **ids: object) -> list[Step]:
    """Return what undoes a deed that was answered like this, nothing for one that cannot be."""
    way = UNDO.get(code)
    if way is None:
        return []
    body = {"version": told["version"]} if way.names else dict(way.body) if way.body is not None else None
    path = way.path.format(**told["ids"] | ids | {"case": case})
    return [Step(SERVICE, path, body, str(told["version"]) if way.matches else "")]


async def mark_read(visitor: Visitor, case: object, messages: Sequence[Mapping[str, Any]], by: str) -> None:
    """Note that the reader opened what the other one, `by`, wrote; what cannot be noted now is at the next visit."""
    new = [one["message_id"] for one in messages if one["by"] == by and not (one["read_at"] or one["withdrawn_at"])]
    if new:
        await visitor.ask(Question(SERVICE, f"/cases/{case}/messages/read", "POST", body={"message_ids": new}))


async def names_of(visitor: Visitor, people: Sequence[str]) -> tuple[dict[str, str | None], list[str]]:
    """Return the names of people by their ids, as far as the reader may know them, and which services are missing."""
    asks = Question(SERVICE, "/cases/search", "POST", body={"participant_ids": list(people)})
    found, missing = await visitor.read_all({SERVICE: asks} if people else {})
    cases = (found.get(SERVICE) or {"cases": []})["cases"]
    return {case["participant_id"]: case["name"] for case in cases}, missing


async def case_of(visitor: AtPage) -> UUID:
    """Return the case that a form is about. Raises ProblemError where it names none."""
    try:
        return UUID(str((await visitor.request.form()).get("case", "")))
    except ValueError:
        raise ProblemError(422, "The case is missing.") from None


async def back_of(visitor: AtPage, participant_id: UUID) -> str:
    """Return the page that a form was sent from, as far as it is one of ours; else the person's."""
    back = str((await visitor.request.form()).get("back", ""))
    return back if BACK.fullmatch(back) else f"/people/{participant_id}"
