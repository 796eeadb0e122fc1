"""Twenty thousand people with cases, told by two services: what the pages of coaches are read over."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bench.running import Running
from caseload.appointment import Appointment
from caseload.case import Case
from caseload.views.timeline import TIMELINE
from caseload.views.today import TODAY
from chassis.aggregate import Aggregate
from chassis.ask import Answer, Ask
from chassis.database import open_pool
from chassis.keyring import Keyring, Sealer
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Session, Store
from events.caseload import (
    ActionAgreed,
    ActionOwner,
    AppointmentBooked,
    AppointmentKind,
    CaseOpened,
    CaseStarted,
    Channel,
    ContactRecorded,
    case_of,
)
from events.envelope import JOURNEY
from events.meeting import MeetingChannel
from events.referrals import ReferralSubmitted
from referrals.referral import Referral
from waymark.local import identity

AT_ONCE = 500
CASELOAD, LARGE_CASELOAD = 60, 300
CONTACTS, MANY_CONTACTS = 4, 150
PATIENCE_SECONDS = 1_800.0
REACHED = """
select v.view, p.source, sum(p.position) from view_version v
join heard_position p on p.consumer = v.view || '#' || v.generation
where v.status = 'live' and v.view = any(%s) and p.topic = %s group by 1, 2
"""
TOLD = "select coalesce(sum(position), 0) from relay_position where topic = %s"


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person, their coach, and how often the two were in contact."""

    id: UUID
    coach: UUID
    contacts: int


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody with one provider: coaches with 60 people each but for one with 300, and a few people with a lot."""

    tenant: UUID
    people: Sequence[Citizen]

    @property
    def coaches(self) -> list[UUID]:
        """The coaches, the one with the large caseload first."""
        return list(dict.fromkeys(one.coach for one in self.people))

    @property
    def busy(self) -> list[Citizen]:
        """Those of whom a lot is known."""
        return [one for one in self.people if one.contacts == MANY_CONTACTS]


def town_of(tenant: UUID, people: int, busy: int) -> Town:
    """Return a town of so many people, some of them with a long history."""
    large = uuid4()
    coaches = [large] * LARGE_CASELOAD
    while len(coaches) < people:
        coaches += [uuid4()] * CASELOAD
    found = [
        Citizen(uuid4(), coach, MANY_CONTACTS if number % (people // busy) == 0 else CONTACTS)
        for number, coach in enumerate(coaches[:people])
    ]
    return Town(tenant, found)


async def settle(running: Running, town: Town) -> int:
    """Store the town's facts, names sealed, and wait until the caseload service has folded them. Return how many."""
    databases, keys = running.addresses.databases, running.addresses.keys
    tokens = ServiceTokens(SigningKey.read(identity.service_key(keys, "referrals")))
    count = 0
    async with (
        Keyring(running.addresses.url("keyring"), tokens.to("keyring")) as keyring,
        open_pool(databases["referrals"], 2, "*") as referrals,
        open_pool(databases["caseload"], 2, "*") as caseload,
    ):
        for first in range(0, len(town.people), AT_ONCE):
            some = town.people[first : first + AT_ONCE]
            sealers = await keyring.sealers(one.id for one in some)
            lives = [_life(one, town.tenant, sealers[one.id]) for one in some]
            for store, aggregates in (
                (Store(referrals, "referrals"), [life[0] for life in lives]),
                (Store(caseload, "caseload"), [one for life in lives for one in life[1:]]),
            ):
                count += sum(len(one.pending_events) for one in aggregates)
                await Session(store, Ask("bench:1", "bench", tenant=None)).append(aggregates, Answer(200))
    await _folded(running)
    return count


def _life(citizen: Citizen, tenant: UUID, sealer: Sealer) -> list[Aggregate]:
    """Return a person's referral, case and next appointment."""
    now, referral_id = datetime.now(UTC), uuid4()
    began = now - timedelta(days=80)
    places = {"participant_id": citizen.id, "provider_id": tenant, "programme_id": UUID(int=12)}
    submitted = ReferralSubmitted(
        occurred_at=began,
        referrer_id=UUID(int=41),
        acknowledge_by=began.date(),
        name=sealer.seal(ReferralSubmitted, "name", f"Citizen {citizen.id.hex[:6]}"),
        **places,
    )
    opened = CaseOpened(occurred_at=began, referral_id=referral_id, **places)
    case = Case.open(case_of(referral_id), opened, citizen.coach)
    case.record(CaseStarted(occurred_at=began, start_date=began.date(), ends_on=(now + timedelta(days=285)).date()))
    for fact in _facts(citizen, sealer, now):
        case.record(fact)
    booked = AppointmentBooked(
        occurred_at=began,
        case_id=case.id,
        participant_id=citizen.id,
        provider_id=tenant,
        coach_id=citizen.coach,
        kind=AppointmentKind.REVIEW,
        starts_at=now + timedelta(hours=citizen.id.int % 400 - 100),
        minutes=30,
        channel=MeetingChannel.VIDEO,
    )
    return [Referral.submit(referral_id, submitted), case, Appointment.begin(uuid4(), booked)]


def _facts(citizen: Citizen, sealer: Sealer, now: datetime) -> Iterator[ActionAgreed | ContactRecorded]:
    for number in range(2):
        owner = (ActionOwner.PARTICIPANT, ActionOwner.COACH)[number]
        yield ActionAgreed(
            occurred_at=now - timedelta(days=60),
            action_id=uuid4(),
            owner=owner,
            what=sealer.seal(ActionAgreed, "what", "Send the CV to three bakeries"),
            due=(now + timedelta(days=citizen.id.int % 40 - 10)).date(),
        )
    for number in range(citizen.contacts):
        yield ContactRecorded(
            occurred_at=now - timedelta(days=citizen.id.int % 20 + number),
            channel=Channel.PHONE,
            coach_id=citizen.coach,
            note=sealer.seal(ContactRecorded, "note", "Ready for the interview on Friday."),
        )


async def _folded(running: Running) -> None:
    """Wait until the relays told everything, and the views heard it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    before: dict[tuple[str, str], int] = {}
    while time.monotonic() < deadline:
        await asyncio.sleep(3)
        now = await _reached(running)
        if now and now == before and await _everything_told(running, now):
            return
        before = now
    message = "the views did not catch up"
    raise TimeoutError(message)


async def _reached(running: Running) -> dict[tuple[str, str], int]:
    async with open_pool(running.addresses.databases["caseload"], 1, "*") as pool, pool.connection() as connection:
        rows = await (await connection.execute(REACHED, [[TIMELINE.name, TODAY.name], JOURNEY])).fetchall()
    return {(view, source): int(position) for view, source, position in rows}


async def _everything_told(running: Running, reached: dict[tuple[str, str], int]) -> bool:
    for source in ("referrals", "caseload"):
        async with open_pool(running.addresses.databases[source], 1, "*") as pool, pool.connection() as connection:
            row = await (await connection.execute(TOLD, [JOURNEY])).fetchone()
        told = int((row or (0,))[0])
        if not told or any(reached.get((view, source), 0) < told for view in (TIMELINE.name, TODAY.name)):
            return False
    return True
