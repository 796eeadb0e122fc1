"""Looks at records: each is told once, as a fact of its own, on the access topic."""

from typing import ClassVar, Self
from uuid import UUID

from chassis.aggregate import Aggregate
from events.envelope import ACCESS
from events.fact import Fact
from events.gateway import RecordOpened, RecordRefused, RecordsListed


class _Look(Aggregate):
    """Something that somebody looked at; nothing follows it."""

    begins_with: ClassVar[type[Fact]] = Fact
    told_on = ACCESS

    @classmethod
    def of(cls, id: UUID, fact: Fact, tenant: UUID | None) -> Self:  # noqa: A002  (the library's own word)
        """Return a look; `tenant` is the provider of who looked."""
        look = cls.begin(id, fact)
        look.tenant = tenant
        return look

    def fold(self, fact: Fact) -> None:
        """Take the only fact into the state."""
        self.subject = getattr(fact, "participant_id", None)


class Opened(_Look):
    """Somebody opened a person's record."""

    begins_with = RecordOpened


class Refused(_Look):
    """Somebody was refused a person's record."""

    begins_with = RecordRefused


class Listed(_Look):
    """Somebody read a list of people."""

    begins_with = RecordsListed
