"""Cases as the pure tests give them: an open one, and what happened in it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from caseload.case import Case
from chassis.aggregate import Aggregate, Recorded
from events.caseload import CaseOpened, CaseStarted
from events.fact import Fact
from events.sealed import Sealed

A = TypeVar("A", bound=Aggregate)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)
TODAY, FRIDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 7)
CASE, PARTICIPANT, PROVIDER, PROGRAMME, REFERRAL, AMIR, BETHAN, ACTION, CONCERN, PLAN, OTHER = map(
    UUID, map("{:032x}".format, range(1, 12))
)
OPENED = CaseOpened(
    occurred_at=EARLIER,
    participant_id=PARTICIPANT,
    provider_id=PROVIDER,
    programme_id=PROGRAMME,
    referral_id=REFERRAL,
)
STARTED = CaseStarted(occurred_at=EARLIER, start_date=TODAY)


def sealed(fact: type[Fact], field: str, words: str = "c2VhbGVk") -> Sealed:
    """Return somebody's words, sealed for a field."""
    return Sealed(f"sealed:1:{CASE}:{PARTICIPANT}:{fact.type_name}:{field}:{words}")


def given(*facts: Fact) -> Case:
    """Return an open case to which these facts have happened."""
    return happened(Case.open(CASE, OPENED, None), facts)


def happened(aggregate: A, facts: Iterable[Fact]) -> A:
    """Return an aggregate to which these facts have happened."""
    for fact in facts:
        aggregate.record(fact)
    aggregate.collect_events()
    return aggregate


def decided(aggregate: Aggregate) -> list[Fact]:
    """Return the facts that were decided since."""
    return [event.fact for event in aggregate.collect_events() if isinstance(event, Recorded)]
