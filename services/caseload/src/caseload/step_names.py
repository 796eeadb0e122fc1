"""What a next step is, by the code that a fact names it by: what a person does who takes it."""

from typing import Final
from uuid import UUID

_BY_CODE: Final = {
    "10.work": "say what work they want",
    "10.town": "say where they want to work",
    "10.cv": "write their CV",
    "10.hours": "say how many hours they want to work",
}
_BY_RULE: Final = {
    "1": "come to what is fixed",
    "2": "answer a job offer",
    "3": "read the coach's message and answer it",
    "4": "prepare for an interview",
    "5": "say how work is going",
    "6": "look at the plan, or at a step in it, and say if they agree",
    "7": "do a step that was agreed",
    "8": "finish an application",
    "9": "follow up an application that nobody answered",
    "11": "finish a course",
    "12": "look at new jobs",
}


def step_name(code: str) -> str:
    """Return what a person does who takes a step, as the end of a sentence has it."""
    rule, _, _ = code.partition(".")
    return _BY_CODE.get(code) or _BY_RULE.get(rule, "take the next step")


def about_of(code: str) -> UUID | None:
    """Return the id of what a step is about, None where it is about no one thing."""
    _, _, about = code.partition(".")
    try:
        return UUID(about)
    except ValueError:
        return None
