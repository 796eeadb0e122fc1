"""A person as a provider knows them under one id, and which other ids turned out to be theirs as well."""

from dataclasses import field
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID, uuid5

from chassis.aggregate import Aggregate, Refusal
from events.fact import Fact
from events.referrals import ParticipantMergeTakenBack, ParticipantsMerged


class MergedWithThemselves(Refusal):
    """One record is one person already: a second one is merged with it."""


class NotMerged(Refusal):
    """The two records are not merged with each other."""


class MergedThroughAnother(Refusal):
    """The two are one person through another record: it is the merge with that one that can be taken back."""


class Merge(NamedTuple):
    """When two records were merged, and the version of the record at which it was told."""

    at: datetime
    version: int


class PersonRecord(Aggregate):
    """Which other records of the same provider are the same person's; each of two merged ones tells it."""

    begins_with = ParticipantsMerged

    others: dict[UUID, Merge] = field(default_factory=dict)
    parted: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, merged: ParticipantsMerged) -> Self:
        """Return the record of somebody who is merged for the first time."""
        return cls.begin(record_of(merged.provider_id, merged.participant_id), merged)

    def merge(self, merged: ParticipantsMerged) -> None:
        """Tell that another record is the same person's."""
        if merged.other_participant_id not in self.others:
            self.record(merged)

    def part(self, other: UUID, now: datetime) -> None:
        """Tell that another record is another person's after all."""
        if other in self.parted:
            return
        if other not in self.others:
            raise not_merged()
        wrong = self.others[other].version
        self.record(ParticipantMergeTakenBack(occurred_at=now, other_participant_id=other, taken_back=wrong))

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case ParticipantsMerged(other_participant_id=other):
                # The first fact makes version 1, a later one is folded before it is counted.
                version = self.version if self.subject is None else self.version + 1
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.others[other] = Merge(fact.occurred_at, version)
                self.parted.discard(other)
            case ParticipantMergeTakenBack(other_participant_id=other):
                self.others.pop(other, None)
                self.parted.add(other)
            case _:
                super().fold(fact)


def not_merged() -> NotMerged:
    """Return why two records are not parted."""
    return NotMerged(str(NotMerged.__doc__), ["merge"])


def record_of(provider: UUID, participant: UUID) -> UUID:
    """Return the id of the record that a provider has of a participant."""
    return uuid5(provider, str(participant))
