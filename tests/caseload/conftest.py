"""What the tests of the caseload service share."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from chassis.listen.told import Told
from events.envelope import Envelope
from events.fact import Fact
from tests.caseload.running import Platform, running
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

RECORDED = datetime(2026, 3, 2, 12, tzinfo=UTC)

Tell = Callable[..., Told]


@pytest.fixture(scope="session")
def tell() -> Tell:
    """Return what makes a fact heard: with the aggregate's id and version, the person, the tenant, its position."""

    def told(fact: Fact, place: tuple[UUID, int], subject: UUID, tenant: UUID, position: int) -> Told:
        aggregate, version = place
        envelope = Envelope(
            id=f"{aggregate}:{version}",
            source=fact.type_name.split(".")[1],
            type=fact.type_name,
            subject=subject,
            time=fact.occurred_at,
            recorded_at=RECORDED,
            position=position,
            previous=position - 1,
            correlation_id="",
            causation_id="",
            actor="test:1",
            tenant=tenant,
        )
        value = fact.model_dump_json(exclude_none=True).encode()
        record = SimpleNamespace(
            topic="waymark.journey",
            partition=0,
            offset=0,
            key=str(subject).encode(),
            headers=envelope.headers(),
            value=value,
        )
        return Told(record)

    return told


@pytest.fixture(scope="session")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """The caseload service and the keyring, running."""
    folder = platform_folder / "caseload"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform
