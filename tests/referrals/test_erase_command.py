"""`waymark erase`, run as an operator runs it: a person is erased under every id that was merged."""

import asyncio
import os
import subprocess
import sys
import time
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from chassis.identity import Actor
from tests.referrals.conftest import Provider, Running
from waymark.local.failure import PlatformFailure
from waymark.operator.erasing import all_ids

FORGOTTEN_SECONDS: Final = 5.0


class Twice:
    """One person who was referred twice, and their provider's leader, who merged the two."""

    def __init__(self, service: Running) -> None:
        provider = Provider()
        self.service, self.leader = service, service.client(provider.actor("team_leader"))
        self.referrals, self.people = zip(*(self._refer(provider, name) for name in ("Ada B", "Ada C")), strict=True)
        self.asks("merge")

    def _refer(self, provider: Provider, name: str) -> tuple[str, str]:
        form = {"provider_id": str(provider.id), "programme_id": str(uuid4()), "person": {"name": name}}
        answer = self.service.client(Actor(uuid4(), "referrer")).post("/referrals", json=form)
        ids = answer.json()["ids"]
        seen = self.leader.get(f"/referrals/{ids['referral']}", params={"at_least": answer.headers["waymark-position"]})
        assert seen.json()["name"] == name
        return ids["referral"], ids["participant"]

    def asks(self, path: str) -> None:
        form = {"other_participant_id": self.people[1]}
        answer = self.leader.post(f"/participants/{self.people[0]}/{path}", json=form)
        assert answer.is_success, answer.text

    def names(self) -> list[Any]:
        answers = [self.leader.get(f"/referrals/{referral}") for referral in self.referrals]
        return [answer.json()["name"] for answer in answers]


@pytest.fixture
def twice(service: Running) -> Twice:
    return Twice(service)


def erase(service: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waymark.cli", "erase", *arguments]
    environment = {"PATH": os.environ["PATH"], "WAYMARK_STATE": str(service.folder), "COLUMNS": "120"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_whoever_is_erased_by_one_id_is_unreadable_under_the_other(service: Running, twice: Twice) -> None:
    asked = erase(service, twice.people[1])
    assert f"{twice.people[0]} is the same person and is erased as well." in asked.stdout
    assert asked.returncode == 1
    assert twice.names() == ["Ada B", "Ada C"]

    done = erase(service, twice.people[1], "--yes")

    assert "2 of 2 were erased now" in done.stdout, done.stdout + done.stderr
    time.sleep(FORGOTTEN_SECONDS)
    assert twice.names() == [None, None]


def test_whose_merge_was_taken_back_is_not_erased_with_another(service: Running, twice: Twice) -> None:
    twice.asks("merge/take-back")

    done = erase(service, twice.people[0], "--yes")

    assert "1 of 1 were erased now" in done.stdout, done.stdout + done.stderr
    time.sleep(FORGOTTEN_SECONDS)
    assert twice.names() == [None, "Ada C"]


def test_who_erases_only_whom_they_name_says_so(service: Running, twice: Twice) -> None:
    done = erase(service, twice.people[0], "--yes", "--only-named")

    assert "1 of 1 were erased now" in done.stdout, done.stdout + done.stderr


def test_while_nobody_can_tell_who_was_merged_nobody_is_erased() -> None:
    with pytest.raises(PlatformFailure, match="nobody knows who was merged with them"):
        asyncio.run(all_ids("host=/nowhere dbname=referrals", [UUID(int=1)]))
