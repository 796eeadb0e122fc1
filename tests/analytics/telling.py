"""Facts as the analytics service hears them: told by any service, learned at any time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from chassis.listen.told import Told
from chassis.store import partition_of
from events.caseload import (
    CaseOpened,
    CoachAssigned,
    JobEnded,
    JobEndReason,
    JobRecorded,
    PlanAgreed,
    Standard,
    StandardMet,
    StandardPromised,
    case_of,
)
from events.fact import Fact
from events.jobsearch import ApplicationSaved, ApplicationSent
from events.referrals import (
    InitialMeetingHeld,
    ParticipantStarted,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralSubmitted,
)
from events.sealed import Sealed
from tests.envelope import Envelope

PROGRAMME, REFERRER = UUID(int=12), UUID(int=13)


def noon(day: date) -> datetime:
    """Return noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def sealed(person: UUID, fact: type[Fact], name: str) -> Sealed:
    """Return something sealed that nobody can open."""
    return Sealed(f"sealed:1:{UUID(int=99)}:{person}:{fact.type_name}:{name}:c2VhbGVk")


@dataclass
class Teller:
    """All services together: every fact gets its version, and its place in what its service told."""

    versions: dict[UUID, int] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    previous: dict[tuple[str, int], int] = field(default_factory=dict)

    def record(
        self,
        fact: Fact,
        aggregate: UUID,
        person: UUID,
        tenant: UUID,
        recorded_at: datetime | None = None,
        **words: str,
    ) -> Any:
        """Return a fact as a Kafka record."""
        source = fact.type_name.split(".")[1]
        partition = partition_of(str(person))
        self.versions[aggregate] = self.versions.get(aggregate, 0) + 1
        self.positions[source] = position = self.positions.get(source, 0) + 1
        previous = self.previous.get((source, partition), 0)
        self.previous[source, partition] = position
        known = {"correlation_id": "", "causation_id": "", "actor": f"coach:{UUID(int=21)}"} | words
        envelope = Envelope(
            id=f"{aggregate}:{self.versions[aggregate]}",
            source=source,
            type=fact.type_name,
            subject=person,
            time=fact.occurred_at,
            recorded_at=recorded_at or fact.occurred_at,
            position=position,
            previous=previous,
            tenant=tenant,
            **known,
        )
        return SimpleNamespace(
            topic="waymark.journey",
            partition=partition,
            offset=0,
            key=str(person).encode(),
            headers=envelope.headers(),
            value=fact.model_dump_json(exclude_none=True).encode(),
        )

    def tell(
        self, fact: Fact, aggregate: UUID, person: UUID, tenant: UUID, recorded_at: datetime | None = None
    ) -> Told:
        """Return a fact as it is heard."""
        return Told(self.record(fact, aggregate, person, tenant, recorded_at))


Line = tuple[Fact, UUID]


@dataclass(frozen=True)
class Journey:
    """A person's way, as far as it is told; days count from the referral."""

    person: UUID
    tenant: UUID
    referred_on: date
    programme: UUID = PROGRAMME

    @property
    def referral(self) -> UUID:
        """The id of the referral."""
        return uuid5(self.person, "referral")

    @property
    def case(self) -> UUID:
        """The id of the case."""
        return case_of(self.referral)

    def at(self, days: int) -> datetime:
        """Return noon so many days after the referral."""
        return noon(self.referred_on + timedelta(days=days))

    def referred(self) -> list[Line]:
        """Return the referral."""
        places = {"participant_id": self.person, "programme_id": self.programme, "provider_id": self.tenant}
        submitted = ReferralSubmitted(
            occurred_at=self.at(0),
            referrer_id=REFERRER,
            acknowledge_by=self.at(2).date(),
            name=sealed(self.person, ReferralSubmitted, "name"),
            **places,
        )
        promised = StandardPromised(
            occurred_at=self.at(0),
            standard=Standard.START,
            referral_id=self.referral,
            warn_on=self.at(14).date(),
            due=self.at(21).date(),
            **places,
        )
        return [(submitted, self.referral), (promised, self.case)]

    def started(self, coach: UUID, after: int = 10) -> list[Line]:
        """Return the way from the referral to the start, with a coach."""
        day = self.at(after).date()
        places = {"participant_id": self.person, "programme_id": self.programme, "provider_id": self.tenant}
        started = ParticipantStarted(occurred_at=self.at(after), programme_id=self.programme, start_date=day)
        met = StandardMet(occurred_at=self.at(after), standard=Standard.START, on=day, in_time=after <= 21)
        return [
            *self.referred(),
            (ReferralAcknowledged(occurred_at=self.at(1)), self.referral),
            (ReferralAccepted(occurred_at=self.at(2), programme_id=self.programme), self.referral),
            (CaseOpened(occurred_at=self.at(2), referral_id=self.referral, **places), self.case),
            (CoachAssigned(occurred_at=self.at(2), coach_id=coach), self.case),
            (InitialMeetingHeld(occurred_at=self.at(after), meets_at=self.at(after)), self.referral),
            (started, self.referral),
            (met, self.case),
        ]

    def planned(self, after: int) -> list[Line]:
        """Return an agreed plan."""
        agreed = PlanAgreed(occurred_at=self.at(after), plan_id=UUID(int=1), review_by=self.at(after + 28).date())
        return [(agreed, self.case)]

    def applied(self, after: int) -> list[Line]:
        """Return an application."""
        application = uuid5(self.person, f"application {after}")
        saved = ApplicationSaved(occurred_at=self.at(after), participant_id=self.person, provider_id=self.tenant)
        return [(saved, application), (ApplicationSent(occurred_at=self.at(after)), application)]

    def worked(self, first: int, last: int | None = None, pay: float | None = 20_000) -> list[Line]:
        """Return a job from a day on, and its end."""
        job = uuid5(self.person, f"job {first}")
        recorded = JobRecorded(
            occurred_at=self.at(first),
            case_id=self.case,
            participant_id=self.person,
            provider_id=self.tenant,
            starts_on=self.at(first).date(),
            hours_a_week=30,
            pay_a_year=pay,
            check_ins=(),
            check_in_weeks=(),
        )
        lines: list[Line] = [(recorded, job)]
        if last is not None:
            day = self.at(last).date()
            lines.append((JobEnded(occurred_at=self.at(last), last_day=day, reason=JobEndReason.OTHER), job))
        return lines


def told(journey: Journey, lines: Iterable[Line], teller: Teller, late_days: Sequence[int] = ()) -> list[Told]:
    """Return what is heard of a journey; each fact is learned so many days late."""
    lateness = iter(late_days)
    heard = []
    for fact, aggregate in lines:
        recorded = fact.occurred_at + timedelta(days=next(lateness, 0))
        heard.append(teller.tell(fact, aggregate, journey.person, journey.tenant, recorded))
    return heard
