"""What is kept of a person and theirs to see, all of it in one answer, for them to take away."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from chassis.listen.reading import reading
from chassis.problem import ProblemError
from gateway.api import LookShown
from gateway.services import Question
from gateway.views import looks
from gateway.views.looks import WHO_LOOKED
from gateway.web.visitor import Visitor

LOOKS_AT_ONCE: Final = 200
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
        raise ProblemError(503, "A part is missing for now.", {"Retry-After": "1"})
    found["cvs"] = [await _cv(visitor, one["version"]) for one in (found.get("cvs") or {"cvs": ()})["cvs"]]
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


async def _cv(visitor: Visitor, version: int) -> dict[str, Any]:
    """Return a version of the CV, with its file in base64 where it was sent as one."""
    path = f"/participants/{visitor.actor.id}/cvs/{version}"
    told: dict[str, Any] = await visitor.read("jobsearch", path)
    if told["kind"] != "file" or told["file_name"] is None:
        return told
    file = await visitor.answered(Question("jobsearch", f"{path}/file"))
    return told | {"file": b64encode(file.content).decode()}


async def _looks(visitor: Visitor, me: UUID) -> list[Any]:
    """Return who looked at the record, the latest first."""
    found: list[looks.LookRow] = []
    async with reading(visitor.desk.pool, None, WHO_LOOKED) as connection:
        while rows := await looks.page(connection, me, found[-1].id if found else None, LOOKS_AT_ONCE):
            found += rows
    return [LookShown.of(row).model_dump(mode="json") for row in found]
