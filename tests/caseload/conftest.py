"""What the tests of the caseload service share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.listen.told import Told
from events.caseload import case_of
from tests.caseload.running import NORTHWAY, Person, Platform, eventually, running
from tests.caseload.telling import heard
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

Tell = Callable[..., Told]


@pytest.fixture(scope="session")
def tell() -> Tell:
    """Return what makes a fact heard: with the aggregate's id and version, the person, the tenant, its position."""
    return heard


@pytest.fixture(scope="package")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """The caseload service and the keyring, running."""
    folder = platform_folder / "caseload"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform


@pytest.fixture
def amir() -> UUID:
    """Name a coach of Northway with no cases yet."""
    return uuid4()


@pytest.fixture
def coach(platform: Platform, amir: UUID) -> Iterator[httpx.Client]:
    """Let Amir ask."""
    with platform.client("coach", NORTHWAY, amir) as client:
        yield client


@pytest.fixture
def leader(platform: Platform) -> Iterator[httpx.Client]:
    """Let a team leader of Northway ask."""
    with platform.client("team_leader", NORTHWAY) as client:
        yield client


@pytest.fixture
def ada(platform: Platform, amir: UUID) -> Person:
    """Refer somebody, who is accepted with Amir as coach."""
    person = Person("Ada Lovelace", NORTHWAY)
    platform.accept(amir, person)
    return person


@pytest.fixture
def case(leader: httpx.Client, ada: Person) -> str:
    """Return the path of Ada's case once it is open and has its coach."""
    path = f"/cases/{case_of(ada.referral)}"
    eventually(leader, path, lambda page: page["coach_id"])
    return path


@pytest.fixture
def themselves(platform: Platform, ada: Person) -> Iterator[httpx.Client]:
    """Let Ada herself ask."""
    with platform.client("jobseeker", NORTHWAY, ada.id) as client:
        yield client
