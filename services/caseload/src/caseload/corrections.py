"""What was taken back: earlier facts that later ones say are not so. They stay, and are shown struck through."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID

from caseload.views.timeline import TimelineRow
from events.caseload import (
    AppointmentAttended,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    ContactRecorded,
    ContactRecordedInError,
    MessageSent,
    MessageWithdrawn,
)
from events.fact import Fact, read

CORRECTING: Final = tuple(
    fact.type_name for fact in (ContactRecordedInError, MessageWithdrawn, AppointmentOutcomeCorrected)
)


@dataclass
class Corrections:
    """The contacts and messages that were taken back, and the version at which each appointment was corrected last."""

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
            case _:
                appointment, _, version = row.id.rpartition(":")
                self.appointments[appointment] = max(int(version), self.appointments.get(appointment, 0))

    def strike(self, id: str, fact: Fact) -> bool:  # noqa: A002  (as facts call it)
        """Whether a fact of this id was taken back."""
        match fact:
            case ContactRecorded(contact_id=thing) | MessageSent(message_id=thing):
                return thing in self.things
            case AppointmentAttended() | AppointmentMissed():
                appointment, _, version = id.rpartition(":")
                return int(version) < self.appointments.get(appointment, 0)
        return False
