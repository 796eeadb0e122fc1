"""Pages that several services make together: each part is asked for at once, and what is missing is named."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import httpx

from gateway.services import Question

UP_TO_DATE: Final = 13
"""The rule of a next step that asks for nothing."""
FEW: Final = 3
MOST: Final = 20
"""Of how many vacancies the market tells which are new."""

Part = tuple[str, str]
Answers = Callable[[Mapping[str, Question]], Awaitable[Mapping[str, httpx.Response | None]]]


def home(participant: UUID) -> Mapping[str, Question]:
    """Return what a participant's home is made of, by the name of each part."""
    return _asked(_HOME, participant)


def record(participant: UUID) -> Mapping[str, Question]:
    """Return what a person's record is made of, by the name of each part."""
    return _asked(_RECORD, participant)


def fitting(participant: UUID, most: int = FEW) -> Question:
    """Return what asks for the vacancies that fit a person, and for how many of the MOST best are new."""
    return Question("jobsearch", f"/participants/{participant}/matches", query={"most": str(most)})


async def with_new_jobs(answers: Answers, participant: UUID, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found, with a next step that speaks of new jobs where it had nothing else to say.

    Only the market knows of them. So everything is asked at once, and the step again in that one case.
    """
    page = found.get("participant") or {}
    step = found.get("next_step") or page.get("next_step")
    new = (found.get("jobs") or {}).get("new")
    if not (new and step and step["rule"] == UP_TO_DATE):
        return dict(found)
    asked = Question("caseload", f"/participants/{participant}/next-step", query={"new_jobs": str(new)})
    answer = (await answers({"step": asked}))["step"]
    if answer is None or not answer.is_success:
        return dict(found)
    told = {"next_step": answer.json()}
    parts = {"participant": page | told} if page else {}
    return {**found, **parts, **(told if "next_step" in found else {})}


def _asked(parts: Mapping[str, Part], participant: UUID) -> dict[str, Question]:
    return {name: Question(service, path.format(participant_id=participant)) for name, (service, path) in parts.items()}


_HOME: Final[Mapping[str, Part]] = {
    "next_step": ("caseload", "/participants/{participant_id}/next-step"),
    "week": ("jobsearch", "/participants/{participant_id}/activity/weekly"),
    "jobs": ("jobsearch", "/participants/{participant_id}/matches"),
    "profile": ("jobsearch", "/participants/{participant_id}/profile"),
    "applications": ("jobsearch", "/participants/{participant_id}/applications"),
    "nudges": ("nudges", "/participants/{participant_id}/nudges"),
    "courses": ("learning", "/participants/{participant_id}/courses"),
}
_RECORD: Final[Mapping[str, Part]] = {
    "participant": ("caseload", "/participants/{participant_id}"),
    "timeline": ("caseload", "/participants/{participant_id}/timeline"),
    "next_step": ("caseload", "/participants/{participant_id}/next-step"),
    "profile": ("jobsearch", "/participants/{participant_id}/profile"),
    "applications": ("jobsearch", "/participants/{participant_id}/applications"),
    "jobs": ("jobsearch", "/participants/{participant_id}/matches"),
    "week": ("jobsearch", "/participants/{participant_id}/activity/weekly"),
    "nudges": ("nudges", "/participants/{participant_id}/nudges"),
    "courses": ("learning", "/participants/{participant_id}/courses"),
}
