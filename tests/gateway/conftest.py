"""What the tests of the gateway share: the whole platform, once."""

import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.sync_api import Browser

from chassis.database import ALL_TENANTS, Pool, migrate, open_pool, prepare_database
from tests.gateway.belongings import belongings as give_belongings
from tests.gateway.pages import As, reading_as
from tests.gateway.running import API, Person, Platform, done, eventually, running
from tests.web.browser import browser
from waymark.local.environment import SERVICES
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres
from waymark.local.zipkin import Zipkin

INVENT = Path(__file__).parents[2] / "examples/generate_vacancies.py"
DASHBOARDS = "http://127.0.0.1:3000/d/waymark"
PATIENT = {"WAYMARK_REQUESTS_A_MINUTE": "100000", "WAYMARK_STRANGERS_A_MINUTE": "100000"}
TRACED = {"OTEL_TRACES_EXPORTER": "zipkin"}


@pytest.fixture(scope="package")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Every service, running, and where their traces go; the gateway lets tests ask as often as they like."""
    folder = platform_folder / "gateway"
    folder.mkdir()
    variables = {name: dict(TRACED) for name in SERVICES} | {
        "gateway": PATIENT | TRACED | {"WAYMARK_DASHBOARDS": DASHBOARDS}
    }
    with running(folder, postgres, keyring_postgres, kafka, variables) as platform:
        zipkin = Zipkin(folder / "zipkin", platform.addresses.ports["zipkin"])
        zipkin.launch()
        yield platform
        zipkin.stop()


@pytest.fixture(scope="package")
def person(platform: Platform) -> Person:
    """Somebody with a case and a coach."""
    return platform.refer()


@pytest.fixture(scope="package")
def market(platform: Platform, person: Person) -> None:
    """Vacancies to be found."""
    manager = platform.client(person.manager, **{"Content-Type": "text/csv"})
    today = datetime.now(UTC).date().isoformat()
    content = subprocess.run([sys.executable, str(INVENT), "--day", today], check=True, capture_output=True).stdout
    shown = done(manager.post(f"{API}/vacancy-files", params={"feed": "pages"}, content=content)).json()
    done(manager.post(f"{API}/vacancy-files/{shown['id']}/confirm"))
    eventually(lambda: manager.get(f"{API}/vacancy-files/{shown['id']}"), lambda file: file["state"] == "done")
    asked = {"words": "care assistant"}
    seeker = platform.client(person.actor)
    eventually(lambda: seeker.post(f"{API}/vacancies/search", json=asked), lambda found: found["total"])


@pytest.fixture(scope="package")
def somebody(platform: Platform) -> Person:
    """Somebody who has something of everything."""
    return platform.refer(name="Maya Osei")


@pytest.fixture(scope="package")
def belongings(platform: Platform, somebody: Person) -> Mapping[str, str]:
    """What is theirs, by what the addresses of pages call it."""
    return give_belongings(platform, somebody)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    with browser() as running:
        yield running


@pytest.fixture
def reading(chromium: Browser, platform: Platform) -> As:
    """Return what opens a browser in which somebody is signed in."""
    return lambda actor: reading_as(chromium, platform, actor, "Amir Hussain")


@pytest_asyncio.fixture
async def pool(postgres: Postgres) -> AsyncIterator[Pool]:
    """A database with the gateway's own tables."""
    owner, application = prepare_database(postgres.dsn(), f"gateway_{secrets.token_hex(4)}")
    migrate(owner, application, [files("gateway").joinpath("gateway.sql").read_text()])
    async with open_pool(application, scope=ALL_TENANTS) as pool:
        yield pool


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the first test that needs the whole platform wait for all of it to start on a busy machine."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(600))
