"""What the tests of the keyring share: a ring on a database and a vault of its own."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from chassis.database import chassis_sql, migrate, open_pool, prepare_database
from chassis.store import Store
from keyring.ring import Ring, schema
from keyring.vault import Vault
from waymark.local.postgres import Postgres

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Home:
    """Where one keyring lives."""

    owner: str
    application: str
    vault: Path
    master_key_file: Path

    def opened_vault(self) -> Vault:
        """Return the vault."""
        return Vault.opened(self.vault, self.master_key_file)


def make_home(server: Postgres, folder: Path) -> Home:
    """Make a database, a vault's place and a master key that no other test uses."""
    owner, application = prepare_database(server.dsn(), f"keyring_{secrets.token_hex(4)}")
    migrate(owner, application, [chassis_sql("store.sql"), schema()])
    master_key_file = folder / "master.key"
    master_key_file.write_text(secrets.token_hex(32))
    return Home(owner, application, folder / "vault", master_key_file)


@pytest.fixture
def home(keyring_postgres: Postgres, tmp_path: Path) -> Home:
    """Where a keyring can start for the first time."""
    return make_home(keyring_postgres, tmp_path)


@pytest_asyncio.fixture
async def ring(home: Home) -> AsyncIterator[Ring]:
    """A ring at its first start."""
    async with open_pool(home.application, scope="*") as pool:
        yield await Ring.opened(pool, home.opened_vault(), NOW)


@pytest.fixture
def store(ring: Ring) -> Store:
    """The facts of the keyring."""
    return Store(ring.pool, "keyring", lambda: NOW)
