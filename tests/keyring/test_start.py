"""The keyring starts only with everything it needs; otherwise it says in one line what to do."""

import secrets
import time
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from waymark.local.failure import PlatformFailure

from .conftest import Home
from .running import RunningKeyring


@pytest.fixture
def service(home: Home, tmp_path: Path) -> RunningKeyring:
    """A keyring that was not started yet."""
    return RunningKeyring(home, tmp_path)


def refusal(service: RunningKeyring) -> str:
    """Return the only line that a start which has to fail writes."""
    service.log.unlink(missing_ok=True)
    with pytest.raises(PlatformFailure, match="ended with 1"):
        service.start()
    [line] = service.log.read_text().splitlines()
    return line


def test_a_missing_master_key_stops_the_start(service: RunningKeyring) -> None:
    service.home.master_key_file.unlink()

    assert refusal(service) == (
        f"keyring: the master key file {service.home.master_key_file} cannot be read (No such file or directory): "
        "set WAYMARK_MASTER_KEY_FILE"
    )


def test_a_wrong_master_key_stops_the_start_and_costs_nothing(service: RunningKeyring) -> None:
    service.start()
    assert service.stop() == 0
    right = service.home.master_key_file.read_text()
    service.home.master_key_file.write_text(secrets.token_hex(32))

    assert "the master key does not open" in refusal(service)

    service.home.master_key_file.write_text(right)
    service.start()
    assert service.stop() == 0


def test_a_setting_that_is_missing_is_named(service: RunningKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    told = service.environment()
    del told["WAYMARK_VAULT"]
    monkeypatch.setattr(service, "environment", lambda: told)

    assert refusal(service) == "keyring: WAYMARK_VAULT: It is needed"


def test_an_unknown_role_is_told(service: RunningKeyring) -> None:
    service.role = "everything"

    assert refusal(service) == "keyring: choose one of api, relay, all"


def test_whoever_brings_no_token_gets_only_its_health(service: RunningKeyring) -> None:
    service.start()
    try:
        assert httpx.get(f"{service.url}/health").status_code == 200
        for path in ("/keys/sealing", "/keys/opening", "/identities", "/index", "/search", "/erase", "/rotate"):
            assert httpx.post(service.url + path, json={"person": str(uuid4())}).status_code == 401
    finally:
        assert service.stop() == 0


def test_a_keyring_that_was_down_when_a_rotation_fell_due_rotates_when_it_starts(service: RunningKeyring) -> None:
    service.start()
    assert service.stop() == 0
    names = set(service.home.opened_vault().names())
    with psycopg.connect(service.home.owner) as connection:
        connection.execute("update ring set rotated_at = rotated_at - interval '25 hours'")

    service.start()
    deadline = time.monotonic() + 10
    while set(service.home.opened_vault().names()) == names:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert service.stop() == 0
