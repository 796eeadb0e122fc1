"""What the routes from acceptance to the start take."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AwareDatetime, Field

from chassis.faults import SAYS_SOMETHING
from events.meeting import MeetingChannel
from events.referrals import DidNotStartReason, WithdrawnBy
from referrals import person_details
from referrals.forms import Form, Note, example

EARLIEST, LATEST = timedelta(days=730), timedelta(days=366)
_MEETING: Final = "2026-03-04T10:30:00+00:00"

Place = Annotated[
    str,
    Field(min_length=1, max_length=person_details.LONGEST_LINE),
    SAYS_SOMETHING,
    AfterValidator(person_details.line),
]


class HandoverForm(Form):
    """When referrer, person and coach meet, and how."""

    model_config = example({"meets_at": _MEETING, "channel": "video"})

    meets_at: AwareDatetime
    channel: MeetingChannel

    def when(self, now: datetime) -> datetime:
        """Return when they meet. Raises RequestValidationError for a time that cannot be."""
        must_be_near("meets_at", self.meets_at.date(), now.date())
        return self.meets_at


class MeetingForm(HandoverForm):
    """When, how and where person and coach meet for the first time; the place of a video meeting is its link."""

    model_config = example({"meets_at": _MEETING, "channel": "in_person", "place": "2 Station Road, Leeds"})

    place: Place | None = None


class CancellationForm(Form):
    """Who calls the first meeting off."""

    model_config = example({"by": "provider"})

    by: WithdrawnBy


class StartForm(Form):
    """The first day on the programme."""

    model_config = example({"start_date": "2026-03-09"})

    start_date: date

    def when(self, today: date) -> date:
        """Return the first day. Raises RequestValidationError for one that cannot be."""
        must_be_near("start_date", self.start_date, today)
        return self.start_date


class NotStartedForm(Form):
    """Why an accepted person does not start. The referrer reads both."""

    model_config = example({"reason": "not_reachable", "explanation": "No answer to three calls and a letter."})

    reason: DidNotStartReason
    explanation: Note | None = None


class SettlementForm(Form):
    """Whether the person of a held referral is the known one, with whom they are merged then."""

    model_config = example({"same_person": True})

    same_person: bool


class ErrorForm(Form):
    """Why the referral should never have been there."""

    model_config = example({"explanation": "Meant for somebody else."})

    explanation: Note | None = None


def must_be_near(field: str, day: date, today: date) -> None:
    """Raise RequestValidationError for a day more than two years ago or more than one year ahead."""
    if not today - EARLIEST <= day <= today + LATEST:
        reason = "lies more than two years ago or more than one year ahead"
        raise RequestValidationError([{"loc": ("body", field), "type": "value_error", "msg": reason}])
