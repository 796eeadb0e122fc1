"""Jobs of a person: how they stand, what can be said of them, and how work goes, as the person says it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from gateway.services import Question
from gateway.undoing import Step
from gateway.web.command import Command
from gateway.web.deeds import Asked, Deed, Kind, Options, body_of
from gateway.web.people import SERVICE, YES_OR_NO
from gateway.web.visitor import Visitor
from gateway.web.words import N_

STANDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "expected": ("soon", N_("To come")),
    "running": ("good", N_("In work")),
    "ended": ("calm", N_("Over")),
    "never_began": ("calm", N_("Never began")),
}
MOODS: Final[Options] = (
    ("good", N_("It goes well")),
    ("mixed", N_("Some good, some bad")),
    ("difficult", N_("It is hard")),
)
ENDS: Final[Options] = (
    ("contract_ended", N_("The contract ended")),
    ("resigned", N_("They left")),
    ("dismissed", N_("They were dismissed")),
    ("redundant", N_("The job was cut")),
    ("health", N_("Health")),
    ("other", N_("Something else")),
)
DEEDS: Final[Mapping[str, Deed]] = {
    deed.code: deed
    for deed in (
        Deed(
            "start", "/start", N_("Say the first day"), (Asked("starts_on", N_("First day"), Kind.DAY, required=True),)
        ),
        Deed(
            "terms",
            "/terms",
            N_("Other hours or pay"),
            (
                Asked("from_day", N_("From when on?"), Kind.DAY, required=True),
                Asked("hours_a_week", N_("Hours a week"), Kind.NUMBER),
                Asked("pay_a_year", N_("Pounds a year"), Kind.NUMBER),
                Asked("self_employed", N_("Do they work for themselves?"), Kind.YES, YES_OR_NO),
            ),
        ),
        Deed(
            "end",
            "/end",
            N_("It is over"),
            (
                Asked("last_day", N_("Last day"), Kind.DAY, required=True),
                Asked("reason", N_("Why?"), Kind.CHOICE, ENDS, value="contract_ended"),
            ),
        ),
        Deed("not-started", "/not-started", N_("It never began"), (Asked("explanation", N_("Why?"), Kind.NOTE),)),
        Deed("correct", "/correct", N_("That was wrong"), look="quiet"),
    )
}
DEEDS_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "expected": ("start", "not-started"),
    "running": ("end", "terms", "start", "not-started"),
    "ended": ("correct",),
    "never_began": ("correct",),
}
ONLY_BEFORE: Final = frozenset({"start", "not-started"})
"""What nobody can say of a job any more when the person has said how it goes."""
CHECK_IN: Final = Deed(
    "check-ins",
    "/check-ins",
    N_("How does work go?"),
    (Asked("mood", N_("How does work go?"), Kind.CHOICE, MOODS), Asked("word", N_("In their words"), Kind.NOTE)),
)


def question(case: object) -> Question:
    """Return what asks for the jobs of a case."""
    return Question(SERVICE, f"/cases/{case}/jobs")


def shown(kept: Sequence[Mapping[str, Any]], found: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the jobs in a person's file, each with what stands now as `found`: nothing where a page looks back."""
    standing = {job["job_id"]: job for job in (found or {}).get("jobs", ())}
    return [{**job, **_now(standing.get(job["job_id"]))} for job in reversed(kept)]


def _now(job: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return how a job stands, what can be said of it, and after which week it is asked how it goes."""
    if job is None:
        return {"status": "", "version": "", "weeks": 0, "deeds": [], "week": None}
    answered = [one["week"] for one in job["check_ins"] if one["status"] == "answered"]
    asked = [one["week"] for one in job["check_ins"] if one["status"] in {"due", "missed"}]
    hidden = ONLY_BEFORE if answered else frozenset()
    latest = max(asked, default=0)
    return {
        "status": job["status"],
        "version": job["version"],
        "weeks": job["weeks_in_work"],
        "deeds": [DEEDS[code] for code in DEEDS_FROM[job["status"]] if code not in hidden],
        "week": latest if job["status"] == "running" and latest > max(answered, default=0) else None,
    }


def words(visitor: Visitor) -> dict[str, Any]:
    """Return what a page needs to show jobs, in the reader's language."""
    return {
        "standings": {code: (mark, visitor.say(words)) for code, (mark, words) in STANDINGS.items()},
        "moods": {code: visitor.say(words) for code, words in MOODS},
        "ends": {code: visitor.say(words) for code, words in ENDS},
        "check_in": CHECK_IN,
    }


def undo_check_in(job_id: UUID, week: int) -> Callable[[Mapping[str, Any]], list[Step]]:
    """Return what takes back how somebody said that work goes."""
    path = f"/jobs/{job_id}/check-ins/{week}/take-back"
    return lambda told: [Step(SERVICE, path, {"version": told["version"]})]


async def check_in(visitor: Visitor, job_id: UUID, week: int) -> Command:
    """Tell the service how work goes, as the form says it."""
    body = body_of(CHECK_IN, await visitor.request.form(), visitor.now)
    return await visitor.command(SERVICE, f"/jobs/{job_id}/check-ins/{week}", body)
