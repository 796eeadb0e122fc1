"""A vacancy on the market: it comes, reads differently, leaves, and may come back. It is about nobody."""

from datetime import datetime
from typing import Final, Self
from uuid import UUID, uuid5

from chassis.aggregate import Aggregate
from events.envelope import MARKET
from events.fact import Fact
from events.jobsearch import Vacancy, VacancyImported, VacancyRevised, VacancyWithdrawn

NAMESPACE: Final = UUID("6f8a4c1e-3d29-5b7a-8e10-7661636e6379")


def listing_id(feed: str, identity: str) -> UUID:
    """Return the id of the vacancy that a feed names by this identity."""
    return uuid5(NAMESPACE, f"{feed}\n{identity}")


class Listing(Aggregate):
    """One vacancy in the course of time. What is so already is no fact."""

    begins_with = VacancyImported
    told_on = MARKET

    vacancy: Vacancy | None = None
    live: bool = False

    @property
    def feed(self) -> str | None:
        """The feed that it came in by."""
        return self.vacancy.source if self.vacancy else None

    @classmethod
    def advertise(cls, id: UUID, vacancy: Vacancy, now: datetime) -> Self:  # noqa: A002  (as in every aggregate)
        """Take a new vacancy on the market."""
        return cls.begin(id, VacancyImported(occurred_at=now, vacancy=vacancy))

    def revise(self, vacancy: Vacancy, now: datetime) -> None:
        """Let it read as its feed has it today; one that had left comes back."""
        if not self.live:
            self.record(VacancyImported(occurred_at=now, vacancy=vacancy))
        elif vacancy != self.vacancy:
            self.record(VacancyRevised(occurred_at=now, vacancy=vacancy))

    def withdraw(self, now: datetime) -> None:
        """Take it off the market."""
        if self.live:
            self.record(VacancyWithdrawn(occurred_at=now))

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case VacancyImported(vacancy=vacancy) | VacancyRevised(vacancy=vacancy):
                self.vacancy, self.live = vacancy, True
            case VacancyWithdrawn():
                self.live = False
            case _:
                super().fold(fact)
