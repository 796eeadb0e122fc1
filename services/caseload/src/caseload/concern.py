"""Worries about a person's safety: raised, dealt with, and there again where that was said by mistake."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.aggregate import Refusal
from events.caseload import SafetyConcernHandled, SafetyConcernHandlingTakenBack, SafetyConcernRaised
from events.fact import Fact


class NoSuchConcern(Refusal):
    """The case has no safety concern of that id."""


class ConcernNotHandled(Refusal):
    """This is not what was said last of the safety concern, so it cannot be taken back."""


@dataclass(slots=True)
class Concern:
    """A worry: who has to act, and the version of the case at which it was dealt with, 0 while it was not."""

    owner_id: UUID
    handled: int = 0


@dataclass
class Concerns:
    """The worries of a case, by their ids."""

    known: dict[UUID, Concern] = field(default_factory=dict)

    def handle(self, handled: SafetyConcernHandled) -> list[Fact]:
        """Note that a worry was dealt with, nothing where it was."""
        return [] if self._concern(handled.concern_id).handled else [handled]

    def take_handling_back(self, concern_id: UUID, version: int, now: datetime) -> Fact:
        """Take back that a worry was dealt with, the fact at that version of the case."""
        concern = self._concern(concern_id)
        if not concern.handled or concern.handled != version:
            allowed = () if concern.handled else (f"safety-concerns/{concern_id}/handled",)
            raise ConcernNotHandled(str(ConcernNotHandled.__doc__), allowed)
        return SafetyConcernHandlingTakenBack(
            occurred_at=now, concern_id=concern_id, owner_id=concern.owner_id, taken_back=version
        )

    def _concern(self, concern_id: UUID) -> Concern:
        if concern_id not in self.known:
            raise NoSuchConcern(str(NoSuchConcern.__doc__))
        return self.known[concern_id]

    def fold(self, fact: Fact, version: int) -> None:
        """Take a fact into the worries, at its version of the case."""
        match fact:
            case SafetyConcernRaised(concern_id=concern_id, owner_id=owner_id):
                self.known[concern_id] = Concern(owner_id)
            case SafetyConcernHandled(concern_id=concern_id):
                self.known[concern_id].handled = version
            case SafetyConcernHandlingTakenBack(concern_id=concern_id):
                self.known[concern_id].handled = 0


CONCERN_FACTS: Final = (SafetyConcernRaised, SafetyConcernHandled, SafetyConcernHandlingTakenBack)
