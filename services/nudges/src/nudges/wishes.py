"""What a person wants of nudges, and whether somebody paused them."""

from dataclasses import dataclass, replace
from datetime import datetime

from events.fact import Fact
from events.nudges import NudgeKind, NudgeKindResumed, NudgeKindStopped, NudgesPaused, NudgesResumed, SuppressionReason


@dataclass(frozen=True, slots=True)
class Wishes:
    """The kinds that were stopped, None for all of them, and the pause that was taken last."""

    stopped: frozenset[NudgeKind | None] = frozenset()
    pause: NudgesPaused | None = None

    def refuse(self, kind: NudgeKind) -> bool:
        """Return whether the person wants no nudges of a kind."""
        return not self.stopped.isdisjoint({None, kind})

    def paused(self, now: datetime) -> tuple[SuppressionReason, datetime | None] | None:
        """Return who pauses nudges now and until when, None when nobody does."""
        pause = self.pause
        if pause is None or (pause.until and pause.until <= now):
            return None
        by = SuppressionReason.PAUSED_BY_COACH if pause.by_coach else SuppressionReason.PAUSED_BY_PERSON
        return by, pause.until

    def after(self, fact: Fact) -> "Wishes":
        """Return what is wanted after a fact."""
        match fact:
            case NudgeKindStopped(kind=kind):
                return replace(self, stopped=self.stopped | {kind})
            case NudgeKindResumed(kind=None):
                return replace(self, stopped=frozenset())
            case NudgeKindResumed(kind=kind):
                return replace(self, stopped=self.stopped - {kind})
            case NudgesPaused():
                return replace(self, pause=fact)
            case NudgesResumed():
                return replace(self, pause=None)
        return self
