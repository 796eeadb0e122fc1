"""What work a person looks for, and what keeps their search from finding it."""

from chassis.aggregate import Aggregate
from events.fact import Fact
from events.jobsearch import JobWishesTold
from events.wishes import SAYS, MissingWish, limiting


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


def most_limiting(wishes: object, *, has_cv: bool) -> MissingWish | None:
    """Return the one thing whose absence limits a search most, None when nothing is missing.

    `wishes` has the fields of a profile; None when nothing was told yet.
    """
    said = {field for fields in SAYS.values() for field in fields if getattr(wishes, field, None) is not None}
    return next(limiting(said | ({MissingWish.CV} if has_cv else set())), None)


def _unsealed(wishes: JobWishesTold) -> dict[str, object]:
    return wishes.model_dump(exclude={"occurred_at", "work"})
