"""What a benchmark returns, and what several of them share."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from caseload.case import Case
from chassis.ask import Answer, Ask
from chassis.database import Pool, chassis_sql, migrate, open_pool, prepare_database
from chassis.launch import collect_seldom
from chassis.store import Session, Store
from chassis.topics import make_topics
from events.caseload import CaseOpened, Channel, ContactRecorded
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TENANT = UUID(int=11)


@dataclass(frozen=True)
class Result:
    """One line of the report; `ratio` is value to peer value, `held` whether the goal was reached, `day` when."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float
    goal: str
    held: bool
    remark: str = ""
    day: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d}")

    @property
    def ratio(self) -> float | None:
        """Value to peer value, None where a limit is not a rate."""
        return round(self.value / self.peer_value, 3) if self.peer_value else None

    def as_dict(self) -> dict[str, Any]:
        """Return the line as it is written to docs/benchmarks.json."""
        line = asdict(self)
        line["ratio"] = self.ratio
        return line


@dataclass(frozen=True)
class Machine:
    """What benchmarks run on: private servers in a folder, and how long one fsync takes here."""

    folder: Path
    postgres: Postgres
    kafka: Kafka
    fsync_milliseconds: float


@dataclass(frozen=True)
class Service:
    """A database and topics of a service's own."""

    owner: str
    application: str
    pool: Pool
    store: Store
    prefix: str
    bootstrap: str


@asynccontextmanager
async def service(machine: Machine, source: str, size: int = 16, partitions: int = 24) -> AsyncIterator[Service]:
    """Make a database and topics for one benchmark."""
    name = f"{source}_{uuid4().hex[:8]}"
    owner, application = prepare_database(machine.postgres.dsn(), name)
    migrate(owner, application, [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")])
    prefix = f"{name}."
    await make_topics(machine.kafka.bootstrap, prefix, partitions)
    async with open_pool(application, size, "*") as pool:
        yield Service(owner, application, pool, Store(pool, source), prefix, machine.kafka.bootstrap)


def new_case(tenant: UUID = TENANT) -> Case:
    """Return a new case of a new person."""
    opened = CaseOpened(
        occurred_at=NOW,
        participant_id=uuid4(),
        provider_id=tenant,
        programme_id=UUID(int=12),
        referral_id=uuid4(),
    )
    return Case.open(uuid4(), opened, UUID(int=21))


def contact(case: Case, times: int = 1) -> Case:
    """Record contacts in a case."""
    for _ in range(times):
        case.record_contact(ContactRecorded(occurred_at=NOW, channel=Channel.PHONE, coach_id=UUID(int=21)), NOW)
    return case


async def fill(store: Store, facts: int, people: int) -> None:
    """Store facts of so many people, in big transactions."""
    cases = [new_case() for _ in range(people)]
    each = facts // people - 2
    for first in range(0, people, 500):
        some = [contact(case, each) for case in cases[first : first + 500]]
        await Session(store, Ask("bench:1", "bench")).append(some, Answer(200))


async def rate(writers: int, seconds: float, work: Callable[[int], Awaitable[None]]) -> float:
    """Return how often per second so many tasks get `work` done."""
    done = [0] * writers
    stop = time.perf_counter() + seconds

    async def write(writer: int) -> None:
        while time.perf_counter() < stop:
            await work(writer)
            done[writer] += 1

    began = time.perf_counter()
    await asyncio.gather(*map(write, range(writers)))
    return sum(done) / (time.perf_counter() - began)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Let the garbage collector run as seldom as in a service's process; a peer runs with Python's own settings."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)


def half_and_most(runs: Sequence[Sequence[float]], share: float) -> tuple[float, float]:
    """Return what half of a run's seconds stays under, and so large a share: the median run's, in milliseconds."""
    half, most = (median(percentile(sorted(times), part) for times in runs) for part in (0.5, share))
    return half, most


def percentile(times: Sequence[float], share: float) -> float:
    """Return what so large a share of sorted seconds stays under, in milliseconds."""
    return round(1000 * times[int(share * (len(times) - 1))], 1)


def paired(ours: list[float], peers: list[float]) -> tuple[float, float]:
    """Return the medians of runs that took turns."""
    return round(median(ours), 1), round(median(peers), 1)
