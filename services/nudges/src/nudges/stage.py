"""One nudge of a person: what it is about, and where it stands."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from events.fact import Fact
from events.nudges import (
    NudgeAnswered,
    NudgeDecided,
    NudgeDelayed,
    NudgeDismissed,
    NudgeHeldOut,
    NudgeSeen,
    NudgeSent,
    NudgeSuppressed,
)
from nudges.occasion import Candidate


class Stage(StrEnum):
    """Where a nudge stands."""

    SUPPRESSED = "suppressed"
    HELD_OUT = "held_out"
    DECIDED = "decided"
    SENT = "sent"
    SEEN = "seen"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


COUNTED: Final = frozenset(Stage) - {Stage.SUPPRESSED}
WITH_THE_PERSON: Final = frozenset({Stage.SENT, Stage.SEEN})
RECEIVED: Final = WITH_THE_PERSON | {Stage.ANSWERED, Stage.DISMISSED}
REACHED: Final[dict[type[Fact], Stage]] = {
    NudgeSuppressed: Stage.SUPPRESSED,
    NudgeHeldOut: Stage.HELD_OUT,
    NudgeDecided: Stage.DECIDED,
    NudgeSent: Stage.SENT,
    NudgeSeen: Stage.SEEN,
    NudgeAnswered: Stage.ANSWERED,
    NudgeDismissed: Stage.DISMISSED,
}


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a decision needs to know of one nudge; `at` is when it was decided, or last looked at."""

    candidate: Candidate
    stage: Stage
    at: datetime
    attempts: int = 0

    @classmethod
    def decided(cls, fact: NudgeSuppressed | NudgeHeldOut | NudgeDecided) -> "Nudge":
        """Return a nudge as it was decided."""
        return cls(Candidate(fact.kind, fact.about_id, fact.since), REACHED[type(fact)], fact.occurred_at)

    def after(self, fact: NudgeSent | NudgeDelayed | NudgeSeen | NudgeAnswered | NudgeDismissed) -> "Nudge":
        """Return the nudge after what became of it."""
        if isinstance(fact, NudgeDelayed):
            return replace(self, attempts=fact.attempt)
        return replace(self, stage=REACHED[type(fact)])
