"""What a next step is, and the numbers of the rules that find one."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from caseload.standing import Noted


class StepRules(BaseModel):
    """The numbers of a programme's rules about a person's next step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    interview_days: int = Field(7, ge=0, description="Days before an interview in which it is prepared.")
    action_days: int = Field(2, ge=0, description="Days before its due date in which an action is shown.")
    overdue_days: int = Field(14, ge=0, description="Days after which an overdue action is changed or dropped.")
    closing_days: int = Field(3, ge=0, description="Days before a vacancy closes.")
    answer_days: int = Field(14, ge=1, description="Days that an employer has to answer.")
    message_days: int = Field(7, ge=1, description="Days for which a message that was read asks for an answer.")
    jobs: int = Field(3, ge=1, description="New jobs that fit, as many as are worth a look.")


class Button(StrEnum):
    """What the step's button does."""

    JOIN = "join"
    SEE_DETAILS = "see_details"
    ANSWER_OFFER = "answer_offer"
    REPLY = "reply"
    PREPARE = "prepare"
    CHECK_IN = "check_in"
    READ_PLAN = "read_plan"
    ANSWER_SUGGESTION = "answer_suggestion"
    DO_ACTION = "do_action"
    CHANGE_OR_DROP = "change_or_drop"
    FINISH_APPLICATION = "finish_application"
    CHASE = "chase"
    MARK_SILENT = "mark_silent"
    TELL_WISHES = "tell_wishes"
    WRITE_CV = "write_cv"
    GO_ON_LEARNING = "go_on_learning"
    SEE_JOBS = "see_jobs"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the rule, what it is about, its sentence, why, how many minutes it takes, and what its button does.

    `fact` is what it follows from; `due` the day on which it matters.
    """

    rule: int
    sentence: str
    why: str
    minutes: int
    button: Button
    about: UUID | str | None = None
    fact: Noted | None = None
    due: date | None = None

    @property
    def code(self) -> str:
        """The step as NextStepSetAside names it: its rule, a dot, and the id of what it is about if there is one."""
        return f"{self.rule}" if self.about is None else f"{self.rule}.{self.about}"
