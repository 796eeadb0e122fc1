"""How many referrals stand where, told of all that a reader may list, and of nobody by name."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from referrals.stage import Stage
from referrals.views.referrals import Count


class ToConfirm(BaseModel):
    """Referrals whose arrival is to be acknowledged by the same day."""

    acknowledge_by: date
    referrals: int


class ReferralCounts(BaseModel):
    """The referrals that one sent, or that came to one's provider, by where they stand."""

    stages: dict[Stage, int] = Field(examples=[{"submitted": 13, "started": 40}], description="No stage without any.")
    to_confirm: list[ToConfirm] = Field(description="Those that nobody acknowledged yet, the nearest last day first.")

    @classmethod
    def of(cls, counts: Sequence[Count]) -> Self:
        """Return what was counted by stage and, of what is not acknowledged, by day."""
        stages: Counter[Stage] = Counter()
        days: Counter[date] = Counter()
        for one in counts:
            stages[Stage(one.stage)] += one.referrals
            if one.acknowledge_by:
                days[one.acknowledge_by] += one.referrals
        to_confirm = [ToConfirm(acknowledge_by=day, referrals=days[day]) for day in sorted(days)]
        return cls(stages=dict(stages), to_confirm=to_confirm)
