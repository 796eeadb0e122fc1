"""An appointment of a coach and a person: booked, moved, and with an outcome once it has begun, or called off."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.caseload import (
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentKind,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
    CancelledBy,
)
from events.fact import Fact
from events.meeting import MeetingChannel
from events.sealed import Sealed


class Outcome(StrEnum):
    """What became of an appointment. That it has begun and has none yet is a matter of the clock."""

    NONE = "none"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


class AppointmentInThePast(Refusal):
    """A time to meet is still to come; what has happened is recorded as a contact."""

    about = "starts_at"


class AppointmentHasNotBegun(Refusal):
    """Nobody can have come to an appointment, or missed it, before it begins."""


class AppointmentHasBegun(Refusal):
    """The appointment has begun: now it has an outcome."""


class AppointmentWasAttended(Refusal):
    """The person came; when that is wrong, it has to be corrected first."""


class AppointmentWasMissed(Refusal):
    """The person did not come; when that is wrong, it has to be corrected first."""


class AppointmentWasCancelled(Refusal):
    """The appointment was called off; another one can be booked."""


class AppointmentNotMoved(Refusal):
    """This is not how the appointment was moved last, so it cannot be taken back."""


class NothingToCorrect(Refusal):
    """The appointment has no outcome that could be wrong."""


ALLOWED: Final[dict[Outcome, tuple[str, ...]]] = {
    Outcome.NONE: ("reschedule", "attended", "missed", "cancel"),
    Outcome.ATTENDED: ("correct",),
    Outcome.MISSED: ("correct",),
    Outcome.CANCELLED: (),
}
NEVER: Final = datetime.min.replace(tzinfo=UTC)
BEFORE: Final = ("reschedule", "cancel")
BEGUN: Final = ("attended", "missed", "cancel")
_REFUSED_FROM: Final[dict[Outcome, type[Refusal]]] = {
    Outcome.NONE: NothingToCorrect,
    Outcome.ATTENDED: AppointmentWasAttended,
    Outcome.MISSED: AppointmentWasMissed,
    Outcome.CANCELLED: AppointmentWasCancelled,
}


class Meeting(NamedTuple):
    """When, for how long, and where an appointment is."""

    starts_at: datetime
    minutes: int
    channel: MeetingChannel
    place: Sealed | None
    link: Sealed | None


class Appointment(Aggregate):
    """The rules of an appointment. `sequence` counts what its invitation has to tell of anew."""

    begins_with = AppointmentBooked

    case_id: UUID = UUID(int=0)
    coach_id: UUID = UUID(int=0)
    kind: AppointmentKind = AppointmentKind.OTHER
    starts_at: datetime = NEVER
    minutes: int = 0
    channel: MeetingChannel = MeetingChannel.IN_PERSON
    place: Sealed | None = None
    link: Sealed | None = None
    outcome: Outcome = Outcome.NONE
    late: bool = False
    acceptable: bool = False
    cancelled_by: CancelledBy | None = None
    sequence: int = 0
    changed_at: datetime = NEVER
    moved: int = 0
    """The version of the last move, 0 for none, and what was before it."""
    before: Meeting | None = None

    @classmethod
    def book(cls, id: UUID, booked: AppointmentBooked) -> Self:  # noqa: A002  (the library's own word)
        """Return a new appointment, at a time that is still to come."""
        if booked.starts_at < booked.occurred_at:
            raise AppointmentInThePast(str(AppointmentInThePast.__doc__))
        return cls.begin(id, booked)

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def reschedule(self, moved: AppointmentRescheduled) -> None:
        """Give it another time or place before it begins."""
        self._require(Outcome.NONE)
        self._require_not_begun(moved.occurred_at)
        if moved.starts_at < moved.occurred_at:
            raise AppointmentInThePast(str(AppointmentInThePast.__doc__), ALLOWED[Outcome.NONE])
        words = (self.place, self.link, moved.place, moved.link)
        if any(words) or self._meeting[:3] != (moved.starts_at, moved.minutes, moved.channel):
            self.record(moved)

    def before_move(self, version: int) -> Meeting:
        """Return when and where it was before it was moved last, the fact at that version."""
        if self.before is None or self.moved != version:
            raise AppointmentNotMoved(str(AppointmentNotMoved.__doc__), ALLOWED[self.outcome])
        return self.before

    def attend(self, now: datetime, *, late: bool) -> None:
        """Note that the person came. It happened when the appointment was, however late it is noted."""
        if (self.outcome, self.late) != (Outcome.ATTENDED, late):
            self._require_begun(now)
            self.record(AppointmentAttended(occurred_at=self.starts_at, late=late))

    def miss(self, now: datetime, *, acceptable: bool, coach_id: UUID | None = None) -> None:
        """Note that the person did not come, with a reason that the service accepts or without."""
        if (self.outcome, self.acceptable) != (Outcome.MISSED, acceptable):
            self._require_begun(now)
            self.record(AppointmentMissed(occurred_at=self.starts_at, acceptable=acceptable, coach_id=coach_id))

    def cancel(self, cancelled: AppointmentCancelled) -> None:
        """Call it off. A person does so before it begins; what the service does not hold is never a no-show."""
        if (self.outcome, self.cancelled_by) == (Outcome.CANCELLED, cancelled.by):
            return
        self._require(Outcome.NONE)
        if cancelled.by is CancelledBy.PARTICIPANT:
            self._require_not_begun(cancelled.occurred_at)
        self.record(cancelled)

    def correct(self, now: datetime) -> None:
        """Take a wrong outcome back: the appointment has none again."""
        if self.outcome not in {Outcome.ATTENDED, Outcome.MISSED}:
            self._refuse(_REFUSED_FROM[self.outcome])
        self.record(AppointmentOutcomeCorrected(occurred_at=now))

    @property
    def _meeting(self) -> Meeting:
        return Meeting(self.starts_at, self.minutes, self.channel, self.place, self.link)

    def _require(self, outcome: Outcome) -> None:
        if self.outcome is not outcome:
            self._refuse(_REFUSED_FROM[self.outcome])

    def _require_begun(self, now: datetime) -> None:
        self._require(Outcome.NONE)
        if now < self.starts_at:
            self._refuse(AppointmentHasNotBegun, BEFORE)

    def _require_not_begun(self, now: datetime) -> None:
        if now >= self.starts_at:
            self._refuse(AppointmentHasBegun, BEGUN)

    def _refuse(self, refusal: type[Refusal], allowed: tuple[str, ...] | None = None) -> None:
        raise refusal(str(refusal.__doc__), ALLOWED[self.outcome] if allowed is None else allowed)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case AppointmentBooked():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.case_id, self.coach_id, self.kind = fact.case_id, fact.coach_id, fact.kind
                self._take_place(fact)
            case AppointmentRescheduled():
                self.sequence += 1
                self.moved, self.before = self.version + 1, self._meeting
                self._take_place(fact)
            case AppointmentAttended(late=late):
                self.outcome, self.late = Outcome.ATTENDED, late
            case AppointmentMissed(acceptable=acceptable):
                self.outcome, self.acceptable = Outcome.MISSED, acceptable
            case AppointmentCancelled(by=by, occurred_at=at):
                self.outcome, self.cancelled_by, self.changed_at = Outcome.CANCELLED, by, at
                self.sequence += 1
            case AppointmentOutcomeCorrected():
                self.outcome = Outcome.NONE
            case _:
                super().fold(fact)

    def _take_place(self, fact: AppointmentBooked | AppointmentRescheduled) -> None:
        self.starts_at, self.minutes, self.channel = fact.starts_at, fact.minutes, fact.channel
        self.place, self.link, self.changed_at = fact.place, fact.link, fact.occurred_at
