"""What is kept of a person and theirs to see, all of it in one answer, for them to take away."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import httpx

from chassis.listen.reading import reading
from chassis.problem import ProblemError
from gateway.api import LookShown
from gateway.services import Question
from gateway.views import looks
from gateway.views.looks import WHO_LOOKED
from gateway.web.visitor import Visitor

LOOKS_AT_ONCE: Final = 200
FEW: Final = 8
"""How many versions of a CV, or their files, are asked for at once: each has to come in time."""
KEPT: Final[Mapping[str, tuple[str, str]]] = {
    "participant": ("caseload", ""),
    "profile": ("jobsearch", "/profile"),
    "applications": ("jobsearch", "/applications"),
    "employers": ("jobsearch", "/employers"),
    "cvs": ("jobsearch", "/cvs"),
    "weeks": ("jobsearch", "/activity/weekly"),
    "courses": ("learning", "/courses"),
    "nudges": ("nudges", "/nudges"),
    "nudge_wishes": ("nudges", "/nudge-preferences"),
}
LONG: Final[Mapping[str, Mapping[str, str]]] = {"weeks": {"weeks": "56"}}
"""What is asked of a part that shows less unless it is asked for all of it."""


async def everything(visitor: Visitor) -> dict[str, Any]:
    """Return every part. Raises ProblemError when one of them is missing for now: half of it would be no whole."""
    me = visitor.actor.id
    base = f"/participants/{me}"
    questions = {name: Question(service, base + path, query=LONG.get(name)) for name, (service, path) in KEPT.items()}
    found, missing = await visitor.read_all(questions)
    if missing:
        raise _missing()
    found["cvs"] = await _cvs(visitor, [one["version"] for one in (found.get("cvs") or {"cvs": ()})["cvs"]])
    if "participant" in found:
        case = f"/cases/{found['participant']['case_id']}"
        found["timeline"] = await _all(visitor, f"{base}/timeline", "entries")
        found["messages"] = await _all(visitor, f"{case}/messages", "messages")
        found["appointments"] = (await visitor.read("caseload", f"{case}/appointments"))["appointments"]
    return found | {"who_looked": await _looks(visitor, me)}


async def _all(visitor: Visitor, path: str, rows: str) -> list[Any]:
    """Return the rows of every page of a list of the caseload service."""
    page = await visitor.read("caseload", path)
    found = list(page[rows])
    while page["next"]:
        page = await visitor.read("caseload", path, before=str(page["next"]))
        found += page[rows]
    return found


async def _cvs(visitor: Visitor, versions: Sequence[int]) -> list[dict[str, Any]]:
    """Return versions of the CV, each with its file in base64 where it was sent as one."""
    path = f"/participants/{visitor.actor.id}/cvs"
    answers = await _whole(visitor, {str(one): Question("jobsearch", f"{path}/{one}") for one in versions})
    cvs = {version: answer.json() for version, answer in answers.items()}
    sent = [version for version, one in cvs.items() if one["kind"] == "file" and one["file_name"] is not None]
    files = await _whole(visitor, {version: Question("jobsearch", f"{path}/{version}/file") for version in sent})
    encoded = {version: {"file": b64encode(file.content).decode()} for version, file in files.items()}
    return [one | encoded.get(version, {}) for version, one in cvs.items()]


async def _whole(visitor: Visitor, questions: Mapping[str, Question]) -> dict[str, httpx.Response]:
    """Return every answer, asked for a few at once. Raises ProblemError when one of them is none or no good one."""
    asked, found = list(questions.items()), {}
    for first in range(0, len(asked), FEW):
        for name, answer in (await visitor.answers(dict(asked[first : first + FEW]))).items():
            if answer is None:
                raise _missing()
            if answer.is_error:
                raise ProblemError(answer.status_code, "")
            found[name] = answer
    return found


def _missing() -> ProblemError:
    return ProblemError(503, "A part is missing for now.", {"Retry-After": "1"})


async def _looks(visitor: Visitor, me: UUID) -> list[Any]:
    """Return who looked at the record, the latest first."""
    found: list[looks.LookRow] = []
    async with reading(visitor.desk.pool, None, WHO_LOOKED) as connection:
        while rows := await looks.page(connection, me, found[-1].id if found else None, LOOKS_AT_ONCE):
            found += rows
    return [LookShown.of(row).model_dump(mode="json") for row in found]
