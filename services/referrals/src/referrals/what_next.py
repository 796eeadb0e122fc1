"""What happens next with a referral, in words for whoever sent it: a function of where it stands."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from chassis.clock import time_of_day
from referrals.stage import Stage


class Standing(Protocol):
    """What of a referral decides what comes next."""

    stage: str
    acknowledge_by: date
    handover_at: datetime | None
    first_meeting_at: datetime | None
    start_date: date | None


_CLOSED: Final = "Nothing more: the referral is closed. A new one may be sent."
_BY_STAGE: Final[dict[Stage, str]] = {
    Stage.SUBMITTED: "The provider confirms by {acknowledge_by} that the referral arrived.",
    Stage.ACKNOWLEDGED: "The provider looks at whether the programme fits.",
    Stage.UNDER_ASSESSMENT: "The provider decides whether to take the person on.",
    Stage.WAITLISTED: "The person gets the next place.",
    Stage.ACCEPTED: "The provider arranges the first meeting.",
    Stage.HANDOVER_ARRANGED: "You, the person and the coach meet on {handover_at}.",
    Stage.HANDOVER_HELD: "The provider arranges the first meeting of person and coach.",
    Stage.INITIAL_MEETING_BOOKED: "Person and coach meet on {first_meeting_at}.",
    Stage.INITIAL_MEETING_HELD: "The person starts the programme, or the provider says why not.",
    Stage.INITIAL_MEETING_CANCELLED: "The first meeting was called off: the provider arranges another one.",
    Stage.FAILED_TO_ATTEND: "The person missed the first meeting: the provider arranges another one, or says why not.",
    Stage.STARTED: "The person is on the programme from {start_date}. You read here how it ends.",
    Stage.ENTERED_IN_ERROR: "Nothing more: the referral was sent in error.",
}
_ENDED: Final = {
    "completed": "The person went the whole way. The provider may hand them back with a report.",
    "exited_early": "The person left the programme. The provider may hand them back with a report.",
    "handed_back": "Nothing more: the person is handed back. The referrer can read the report.",
}
_HELD: Final = "The provider checks whether the person is known already."


def what_next(standing: Standing, zone: ZoneInfo, *, held: bool) -> str:
    """Return a sentence. `zone` is the programme's, `held` whether the referral waits as a possible duplicate."""
    if held:
        return _HELD
    sentence = _BY_STAGE.get(Stage(standing.stage), _CLOSED)
    return sentence.format(
        acknowledge_by=_day(standing.acknowledge_by),
        handover_at=_shown(standing.handover_at, lambda moment: _moment(moment.astimezone(zone))),
        first_meeting_at=_shown(standing.first_meeting_at, lambda moment: _moment(moment.astimezone(zone))),
        start_date=_shown(standing.start_date, _day),
    )


def after_the_end(ended: str) -> str:
    """Return a sentence for somebody whose case ended like this."""
    return _ENDED[ended]


def _shown(when: object, show: Callable[..., str]) -> str:
    return "" if when is None else show(when)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)} at {time_of_day(moment)}"
