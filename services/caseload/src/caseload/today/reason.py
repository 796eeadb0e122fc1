"""What a reason to look at a person is, and the numbers of the rules that find one."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from caseload.standing import Noted
from events.sealed import Sealed


class TodayRules(BaseModel):
    """The numbers of a programme's rules about whom a coach looks at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    soon: int = Field(2, ge=0, description="Days before an interview, a first day or an answer.")
    without_action: int = Field(10, ge=1, description="Days after the start without an agreed action.")
    applications: int = Field(10, ge=1, le=15, description="Applications without an interview that make one stuck.")
    applications_days: int = Field(28, ge=1, description="Days in which they were sent.")
    interviews: int = Field(3, ge=1, le=15, description="Interviews without an offer that make one stuck.")
    overdue: int = Field(7, ge=1, description="Days after which an action is long overdue.")
    silent: int = Field(14, ge=1, description="Days without anything from the person.")
    contact: int = Field(14, ge=1, description="Days between two contacts.")
    in_person: int = Field(28, ge=1, description="Days between two meetings in person.")


class Deed(StrEnum):
    """The one likely thing to do about a reason."""

    HANDLE_CONCERN = "handle_concern"
    PREPARE_INTERVIEW = "prepare_interview"
    PREPARE_FIRST_DAY = "prepare_first_day"
    TALK_ABOUT_OFFER = "talk_about_offer"
    CONTACT = "contact"
    REPLY = "reply"
    KEEP_PROMISE = "keep_promise"
    KEEP_STANDARD = "keep_standard"
    REVIEW_PLAN = "review_plan"
    RECORD_OUTCOME = "record_outcome"
    AGREE_ACTION = "agree_action"
    REVIEW_CV = "review_cv"
    PRACTISE_INTERVIEW = "practise_interview"
    REVIEW_ACTION = "review_action"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person is in the queue: the rule, its sentence, the fact behind it with its moment, and what to do.

    `first` puts a line before the others of its rule. `words` are what was agreed, where that is what it is about.
    `about` is the action, appointment or safety concern that the deed settles, or the referral of a first meeting;
    `version` what a command on it expects, where it expects one.
    """

    rule: int
    sentence: str
    fact: str
    at: datetime
    deed: Deed
    deadline: date
    first: bool = False
    words: Sealed | None = None
    about: UUID | None = None
    version: int | None = None

    @classmethod
    def of(cls, rule: int, sentence: str, noted: Noted, deed: Deed, deadline: date) -> Self:
        """Return the reason that something noted gives."""
        return cls(rule, sentence, noted.fact, noted.at, deed, deadline)
