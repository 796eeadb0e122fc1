"""The keys of one person, as their facts tell: there were some, and they were destroyed."""

from datetime import datetime
from typing import Self
from uuid import UUID

from chassis.aggregate import Aggregate
from events.fact import Fact
from events.keyring import PersonErased


class PersonKeys(Aggregate):
    """All keys of the person whose id it has. Destroying them is the only thing to tell."""

    begins_with = PersonErased

    @classmethod
    def destroyed(cls, person: UUID, now: datetime) -> Self:
        """Tell that nothing sealed for `person` can be opened again."""
        return cls.begin(person, PersonErased(occurred_at=now))

    def fold(self, fact: Fact) -> None:
        """Take the person for the subject."""
        match fact:
            case PersonErased():
                self.subject = self.id
            case _:
                super().fold(fact)
