"""What makes a fact heard, and what folds a person's facts into how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from caseload.standing import Standing
from caseload.views.person_rows import file_of
from caseload.views.today import PARTS, TODAY, standing_of
from chassis.listen.told import Told
from chassis.listen.views import Folding, View, fold_facts
from events.caseload import CaseOpened, CaseStarted, case_of
from events.fact import Fact
from events.referrals import ReferralSubmitted
from events.sealed import Sealed
from tests.envelope import Envelope

RECORDED = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA, PROVIDER, PROGRAMME, REFERRER, COACH = (UUID(int=number) for number in range(1, 6))


def heard(
    fact: Fact, place: tuple[UUID, int], subject: UUID, tenant: UUID, position: int, recorded_at: datetime = RECORDED
) -> Told:
    """Return a fact as it is heard: with the aggregate's id and version, the person, the tenant, its position."""
    aggregate, version = place
    envelope = Envelope(
        id=f"{aggregate}:{version}",
        source=fact.type_name.split(".")[1],
        type=fact.type_name,
        subject=subject,
        time=fact.occurred_at,
        recorded_at=recorded_at,
        position=position,
        previous=position - 1,
        correlation_id="",
        causation_id="",
        actor="test:1",
        tenant=tenant,
    )
    record = SimpleNamespace(
        topic="waymark.journey",
        partition=0,
        offset=0,
        key=str(subject).encode(),
        headers=envelope.headers(),
        value=fact.model_dump_json(exclude_none=True).encode(),
    )
    return Told(record)


def sealed(fact: type[Fact], name: str, person: UUID = ADA) -> Sealed:
    """Return a sealed text of a person for a field of a fact."""
    return Sealed(f"sealed:1:{UUID(int=99)}:{person}:{fact.type_name}:{name}:c2VhbGVk")


def folded(view: View, facts: Sequence[Told]) -> list[dict[Any, Any]]:
    """Return the rows of each table of a view after these facts."""
    foldings: list[Folding[Any]] = [Folding(table, 0) for table in view.tables]
    names = view.type_names
    assert fold_facts(foldings, [told for told in facts if told.type in names]) == []
    return [folding.rows for folding in foldings]


def stands(facts: Sequence[Told], person: UUID = ADA) -> Standing:
    """Return how a person stands after these facts."""
    rows = folded(TODAY, facts)
    key = file_of(person, PROVIDER)
    return standing_of({part: table.get(key) for part, table in zip(PARTS, rows, strict=True)})


@dataclass
class Journey:
    """A person whose facts are told one after another, from the referral and the case on."""

    person: UUID = ADA
    told: list[Told] = field(default_factory=list)
    versions: dict[UUID, int] = field(default_factory=dict)

    @property
    def referral(self) -> UUID:
        """The referral of the person."""
        return uuid5(self.person, "referral")

    @property
    def case(self) -> UUID:
        """The case of the person."""
        return case_of(self.referral)

    def tell(self, *facts: Fact, of: UUID | None = None) -> "Journey":
        """Tell facts of an aggregate, the case where none is named."""
        aggregate = of or self.case
        for fact in facts:
            self.versions[aggregate] = self.versions.get(aggregate, 0) + 1
            place = (aggregate, self.versions[aggregate])
            self.told.append(heard(fact, place, self.person, PROVIDER, len(self.told) + 1, fact.occurred_at))
        return self

    def stands(self) -> Standing:
        """Return how the person stands."""
        return stands(self.told, self.person)

    @property
    def ids(self) -> set[str]:
        """The ids of everything that was told."""
        return {told.id for told in self.told}


def opened(at: datetime, person: UUID = ADA) -> Journey:
    """Return the journey of a person who was referred and whose case is open."""
    journey = Journey(person)
    places = {"participant_id": person, "provider_id": PROVIDER, "programme_id": PROGRAMME}
    name = sealed(ReferralSubmitted, "name", person)
    submitted = ReferralSubmitted(occurred_at=at, referrer_id=REFERRER, acknowledge_by=at.date(), name=name, **places)
    journey.tell(submitted, of=journey.referral)
    return journey.tell(CaseOpened(occurred_at=at, referral_id=journey.referral, **places))


def started(at: datetime, person: UUID = ADA) -> Journey:
    """Return the journey of a person who started on the day of `at`."""
    return opened(at, person).tell(CaseStarted(occurred_at=at, start_date=at.date()))
