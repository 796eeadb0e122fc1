"""The session box: what became of a meeting, what both will do, a note and the next date, in one submit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from starlette.datastructures import FormData

from gateway.undoing import Step
from gateway.web.deeds import CHANNELS, Options, moment_in
from gateway.web.people import SERVICE, WAYS
from gateway.web.visitor import Visitor, blank
from gateway.web.words import N_

CAME: Final[Options] = (
    ("attended", N_("They came")),
    ("late", N_("They came late")),
    ("missed", N_("They did not come")),
    ("missed_acceptably", N_("Did not come, with a good reason")),
)
SPOKE: Final[Options] = (("", N_("We did not")), *WAYS)
OWNERS: Final = ("participant", "coach")
PLACES: Final[Mapping[str, str]] = {"what": "participant", "text": "note"}
AT: Final = "session-"
UNREADABLE: Final = 422
NOTHING: Final = N_("Fill in at least one part.")
UNSPOKEN: Final = N_("Say how you spoke: a note belongs to a talk.")


class Again(NamedTuple):
    """A box that could not be kept: what was filled in, what is wrong by field, and the status that says so."""

    told: Mapping[str, str]
    errors: Mapping[str, str]
    status: int = UNREADABLE


@dataclass(frozen=True, slots=True)
class SessionBox:
    """The box as it is shown: the meetings to tell the outcome of, what was filled in, and what is wrong by field."""

    meetings: Options
    told: Mapping[str, str]
    errors: Mapping[str, str]
    came: Options = CAME
    spoke: Options = SPOKE
    channels: Options = CHANNELS

    @property
    def faults(self) -> Mapping[str, str]:
        """What is wrong, by the id of the element that it is about."""
        return {f"{AT}{name}{'-1' if name == 'channel' else ''}": words for name, words in self.errors.items() if words}


def session_box(visitor: Visitor, appointments: Sequence[Mapping[str, Any]], again: Again | None = None) -> SessionBox:
    """Return the box for a person with these appointments, as it was filled in or empty but for a date in a week."""
    meetings = [
        (f"{one['appointment_id']}:{one['version']}", one["starts_at"]) for one in appointments if one["needs_outcome"]
    ]
    due = (visitor.now.date() + timedelta(days=7)).isoformat()
    shown = again or Again({"due": due, "next_channel": "in_person"}, {})
    return SessionBox(meetings, blank(shown.told), blank(shown.errors))


def body_of_session(form: FormData, visitor: Visitor) -> dict[str, Any]:
    """Return what a form tells the service; what was left empty is not told."""
    texts = {name: str(value).strip() for name, value in form.items()}
    zone, meeting = visitor.now.tzinfo, texts.get("meeting", "").partition(":")[0]
    told: dict[str, Any] = {}
    if meeting and texts.get("outcome"):
        told["attendance"] = {"appointment_id": meeting, "outcome": texts["outcome"]}
    if texts.get("channel"):
        told["channel"] = texts["channel"]
    if agreed := list(_agreed(texts)):
        told["actions"] = agreed
    if texts.get("note"):
        told["note"] = {"text": texts["note"], "shared": texts.get("shared") == "yes"}
    if texts.get("starts_at"):
        following = {"kind": "review", "channel": texts.get("next_channel"), "place": texts.get("place") or None}
        told["next"] = {"starts_at": moment_in(zone, texts["starts_at"]), **following}
    return told


def undo_of_session(case: UUID, form: FormData, answer: Mapping[str, Any]) -> list[Step]:
    """Return what takes a session back, part by part."""
    ids, version = answer["ids"], answer["version"]
    actions = [id_ for name, id_ in ids.items() if name.startswith("action_")]
    steps = [
        Step(SERVICE, f"/cases/{case}/actions/{action}/cancel", version=str(version + number))
        for number, action in enumerate(actions)
    ]
    if "contact" in ids:
        steps.append(Step(SERVICE, f"/cases/{case}/contacts/{ids['contact']}/entered-in-error"))
    if "appointment" in ids:
        steps.append(Step(SERVICE, f"/appointments/{ids['appointment']}/cancel", {"by": "service"}, "1"))
    meeting, _, seen = str(form.get("meeting", "")).partition(":")
    if meeting and seen.isdecimal() and form.get("outcome"):
        steps.append(Step(SERVICE, f"/appointments/{meeting}/correct", version=str(int(seen) + 1)))
    return steps


def missing_in(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what has yet to be said, by the field that asks for it."""
    came = body.get("attendance", {}).get("outcome") in {"attended", "late"}
    if not body:
        yield "top", NOTHING
    elif "note" in body and "channel" not in body and not came:
        yield "channel", UNSPOKEN


def _agreed(texts: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for owner in OWNERS:
        for line in filter(None, map(str.strip, texts.get(owner, "").splitlines())):
            yield {"owner": owner, "what": line, "due": texts.get("due", "")}
