"""A CV: the versions that a person had of it, typed here or brought as a file."""

from typing import ClassVar

from chassis.aggregate import Aggregate
from events.fact import Fact
from events.jobsearch import CvUploaded, CvWritten


class Cv(Aggregate):
    """The rules of a CV: every version stays as it was, because an application names the one that was sent."""

    begins_with = CvWritten
    also_begins_with: ClassVar[tuple[type[Fact], ...]] = (CvUploaded,)

    latest: int = 0

    def add(self, version: CvWritten | CvUploaded) -> None:
        """Take the next version."""
        self.record(version)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case CvWritten() | CvUploaded():
                self.subject, self.tenant, self.latest = fact.participant_id, fact.provider_id, fact.version
            case _:
                super().fold(fact)
