"""What was taken back: earlier facts that later ones say are not so. They stay, and are shown struck through."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID

from caseload.views.timeline import TimelineRow
from events.caseload import (
    ActionStepTakenBack,
    AppointmentAttended,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    CheckInTakenBack,
    ContactRecorded,
    ContactRecordedInError,
    MessageSent,
    MessageWithdrawn,
    PlanReviewTakenBack,
    SafetyConcernHandlingTakenBack,
    StandardExcuseTakenBack,
)
from events.fact import Fact, read
from events.referrals import ParticipantMergeTakenBack

OF_ONE_FACT: Final = (
    ActionStepTakenBack,
    PlanReviewTakenBack,
    StandardExcuseTakenBack,
    SafetyConcernHandlingTakenBack,
    CheckInTakenBack,
    ParticipantMergeTakenBack,
)
CORRECTING: Final = tuple(
    fact.type_name for fact in (ContactRecordedInError, MessageWithdrawn, AppointmentOutcomeCorrected, *OF_ONE_FACT)
)


@dataclass
class Corrections:
    """What was taken back: single facts, contacts and messages, and what was known of appointments up to a version."""

    facts: set[str] = field(default_factory=set)
    things: set[UUID] = field(default_factory=set)
    appointments: dict[str, int] = field(default_factory=dict)

    @classmethod
    def among(cls, rows: Iterable[TimelineRow]) -> Self:
        """Return what the facts of a journey take back."""
        found = cls()
        for row in rows:
            if row.type_name in CORRECTING:
                found._take(row)
        return found

    def _take(self, row: TimelineRow) -> None:
        match read(row.type_name, row.fact.encode()):
            case ContactRecordedInError(contact_id=thing) | MessageWithdrawn(message_id=thing):
                self.things.add(thing)
            case fact if isinstance(fact, OF_ONE_FACT):
                aggregate, _, _ = row.id.rpartition(":")
                self.facts.add(f"{aggregate}:{fact.taken_back}")
            case _:
                appointment, _, version = row.id.rpartition(":")
                self.appointments[appointment] = max(int(version), self.appointments.get(appointment, 0))

    def strike(self, id: str, fact: Fact) -> bool:  # noqa: A002  (as facts call it)
        """Whether a fact of this id was taken back."""
        if id in self.facts:
            return True
        match fact:
            case ContactRecorded(contact_id=thing) | MessageSent(message_id=thing):
                return thing in self.things
            case AppointmentAttended() | AppointmentMissed():
                appointment, _, version = id.rpartition(":")
                return int(version) < self.appointments.get(appointment, 0)
        return False
