"""Undo: what was done with a page is taken back by the services that did it, and told as such."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from chassis.problem import ProblemError
from gateway.access import JOBSEEKER, STAFF
from gateway.services import Question
from gateway.undoing import Step, Undoing
from gateway.web.admission import only
from gateway.web.command import Command
from gateway.web.visitor import Visitor, quoted

WELL: Final = frozenset({"done", "already"})
GONE: Final = "It cannot be taken back any more."

undo_router = APIRouter(include_in_schema=False)

AtDoing = Annotated[Visitor, Depends(only(STAFF | {JOBSEEKER}))]


async def go_on(
    visitor: Visitor, command: Command, back: str, said: str, steps: Callable[[Mapping[str, Any]], Sequence[Step]]
) -> Response:
    """Go back to a page after a deed. It offers Undo where it told something and `steps` of its answer undo that."""
    undoes = steps(command.answer.json()) if command.done and command.place else ()
    return command.then(back, said, await undo_with(visitor, undoes, back) if undoes else None)


async def undo_with(visitor: Visitor, steps: Sequence[Step], back: str) -> UUID:
    """Remember how something that was just done is undone; return the id that a page offers Undo by."""
    return await _undoing(visitor).remember(visitor.actor, steps, back)


@undo_router.post("/undo/{undo}")
async def take_back(visitor: AtDoing, undo: UUID) -> Response:
    """Take something back, and show the page where it was done."""
    undoing = _undoing(visitor)
    found = await undoing.find(visitor.actor, undo)
    if found is None:
        raise ProblemError(409, GONE)
    asked = [await _asked(visitor, step, f"{undo}-{number}") for number, step in enumerate(found.steps)]
    await undoing.undone(visitor.actor, undo)
    return asked[-1].then(found.back, "taken-back" if all(map(_whole, asked)) else "partly-back")


async def _asked(visitor: Visitor, step: Step, key: str) -> Command:
    """Ask for one step, once however often Undo is pressed. Raises ProblemError when it is refused."""
    wanted = {"Idempotency-Key": key, "If-Match": quoted(step.version)}
    headers = {name: value for name, value in wanted.items() if value}
    command = await visitor.commanded(Question(step.service, step.path, "POST", None, step.body, headers))
    if not command.done:
        raise ProblemError(command.answer.status_code, GONE)
    return command


def _whole(command: Command) -> bool:
    """Return whether a step was done for everybody that it is about."""
    cases = command.answer.json().get("cases", ())
    return all(case["result"] in WELL for case in cases)


def _undoing(visitor: Visitor) -> Undoing:
    return Undoing(visitor.desk.pool, visitor.desk.clock)
