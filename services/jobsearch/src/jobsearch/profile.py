"""What work a person looks for, and what keeps their search from finding it."""

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from chassis.aggregate import Aggregate
from events.fact import Fact
from events.jobsearch import JobWishesTold


class MissingWish(StrEnum):
    """What a person has not said, in the order in which saying it helps most."""

    WORK = "work"
    PLACE = "place"
    DISTANCE = "distance"
    CV = "cv"
    HOURS = "hours"
    CONTRACT = "contract"
    PAY = "pay"


class Wished(Protocol):
    """What is known of a person's wishes."""

    @property
    def work(self) -> object: ...  # noqa: D102
    @property
    def town(self) -> object: ...  # noqa: D102
    @property
    def miles(self) -> object: ...  # noqa: D102
    @property
    def hours_least(self) -> object: ...  # noqa: D102
    @property
    def hours_most(self) -> object: ...  # noqa: D102
    @property
    def pay_least(self) -> object: ...  # noqa: D102
    @property
    def contracts(self) -> Collection[object]: ...  # noqa: D102


class Profile(Aggregate):
    """The rules of a job search profile: what is told replaces what was told before."""

    begins_with = JobWishesTold

    told: JobWishesTold | None = None

    def tell(self, wishes: JobWishesTold, *, same_words: bool) -> None:
        """Take a person's wishes; `same_words` tells that the sealed ones read as before, which nobody here can see."""
        if not (same_words and self.told and _unsealed(wishes) == _unsealed(self.told)):
            self.record(wishes)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case JobWishesTold():
                self.subject, self.tenant, self.told = fact.participant_id, fact.provider_id, fact
            case _:
                super().fold(fact)


def most_limiting(wishes: Wished | None, *, has_cv: bool) -> MissingWish | None:
    """Return the one thing whose absence limits a search most, None when nothing is missing."""
    if wishes is None:
        return MissingWish.WORK
    missing = {
        MissingWish.WORK: wishes.work is None,
        MissingWish.PLACE: wishes.town is None,
        MissingWish.DISTANCE: wishes.miles is None,
        MissingWish.CV: not has_cv,
        MissingWish.HOURS: wishes.hours_least is None and wishes.hours_most is None,
        MissingWish.CONTRACT: not wishes.contracts,
        MissingWish.PAY: wishes.pay_least is None,
    }
    return next((wish for wish, is_missing in missing.items() if is_missing), None)


def _unsealed(wishes: JobWishesTold) -> dict[str, object]:
    return wishes.model_dump(exclude={"occurred_at", "work"})
