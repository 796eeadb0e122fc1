"""What a service answered to a command: where a page goes on, or what was wrong with its form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
from fastapi.responses import RedirectResponse

from chassis.problem import ProblemError
from gateway.web.places import IMPOSSIBLE, SAYINGS


@dataclass(frozen=True, slots=True)
class Command:
    """What a service answered to a command."""

    answer: httpx.Response
    place: str = ""
    """What a page takes as `at_least` to show what it told; empty where it told nothing, as all was so already."""

    @property
    def done(self) -> bool:
        """Whether it was accepted."""
        return self.answer.is_success

    @property
    def problem(self) -> Mapping[str, Any]:
        """Why it was not."""
        return dict(self.answer.json()) if self.answer.is_error else {}

    def faults(self, say: Callable[[str], str]) -> dict[str, str]:
        """Return what is wrong by the field that it is about, the last part of its pointer; `top` is about none."""
        problem = self.problem
        faults = {fault_place(fault): str(fault["detail"]) for fault in problem.get("errors") or ()}
        return faults or {"top": self._why(say)}

    def _why(self, say: Callable[[str], str]) -> str:
        """Return why it was not done: the service's own reason for what its rules refuse."""
        problem = self.problem
        detail = str(problem.get("detail", ""))
        if str(problem.get("type", "")).endswith(":refused") and detail:
            return f"{say(IMPOSSIBLE)} {detail}"
        return say(SAYINGS.get(self.answer.status_code, "")) or detail

    def then(self, path: str, done: str = "", undo: UUID | None = None) -> RedirectResponse:
        """Go on to a page that shows what was done, and offers to undo it where `undo` says by what.

        `done` is a code of DONE, or nothing. Raises ProblemError when it was not done.
        """
        if self.answer.is_error:
            raise ProblemError(self.answer.status_code, str(self.problem.get("detail", "")))
        told = (
            ({"done": done} if done else {})
            | ({"at_least": self.place} if self.place else {})
            | ({"undo": str(undo)} if undo else {})
        )
        where, hash_, part = path.partition("#")
        return see(f"{where}{'&' if '?' in where else '?'}{urlencode(told)}{hash_}{part}" if told else path)


def fault_place(fault: Mapping[str, Any]) -> str:
    """Return the name of the field that a fault is about."""
    return str(fault.get("pointer") or fault.get("parameter") or "").rpartition("/")[2].lstrip("#") or "top"


def see(path: str) -> RedirectResponse:
    """Send a browser on after a form was taken, so that going back or loading again repeats nothing."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})
