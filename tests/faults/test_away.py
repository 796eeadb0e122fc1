"""Something that the platform needs is away for a while: what is answered meanwhile, and that nothing is lost.

WAYMARK_FAULT_SECONDS is for how long; 300 tries what an operator would call an outage.
"""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
import pytest

from tests.guarantees.town import Town, accept, acceptable, eventually, running

pytestmark = pytest.mark.timeout(900)

AWAY_SECONDS: Final = float(os.environ.get("WAYMARK_FAULT_SECONDS", "20"))
SHORT: Final = 5.0
NOW: Final = datetime.max.replace(tzinfo=UTC)
DUE_SECONDS: Final = 2.0
TRIES: Final = 3
"""Nothing hangs over two seconds. Of several answers most have to come in time: a machine that halts shows no fault."""


@pytest.fixture(scope="module")
def city(platform_folder: Path) -> Iterator[Town]:
    """A platform whose parts may be taken away."""
    with running(platform_folder / "city") as town:
        yield town


@pytest.fixture(scope="module")
def spare(city: Town) -> float:
    """What a command takes here and now when nothing is away: whatever has to be given up on, takes that beside."""
    answers = [submitted(city, f"Healthy {number}") for number in range(TRIES)]
    assert {answer.status_code for answer in answers} == {201}
    return max(answer.elapsed.total_seconds() for answer in answers)


@pytest.fixture(autouse=True)
def _survived(city: Town) -> Iterator[None]:
    """Whatever was away, no service ends for that."""
    yield
    city.require_running()


def submitted(town: Town, name: str, **headers: str) -> httpx.Response:
    """Refer a person."""
    with town.client("referrals", "referrer-irena", **headers) as referrer:
        return referrer.post("/referrals", json=acceptable({"name": name}))


def require_in_time(answers: Sequence[httpx.Response], spare: float) -> None:
    """Check that answers did not hang."""
    took = [answer.elapsed.total_seconds() for answer in answers]
    assert median(took) < DUE_SECONDS + spare, took


def referred(town: Town) -> list[str]:
    """Return the names of everybody whom the referrer sent, as the view tells them."""
    with town.client("referrals", "referrer-irena") as referrer:
        page: Mapping[str, Any] = referrer.get("/referrals", params={"limit": 200}).json()
    return [listed["name"] for listed in page.get("referrals", ())]


def known_until(town: Town) -> datetime:
    """Return up to when an answer says that it is known what it shows, NOW where it says nothing."""
    with town.client("referrals", "referrer-irena") as referrer:
        as_of = referrer.get("/referrals").headers.get("waymark-as-of")
    return datetime.fromisoformat(as_of) if as_of else NOW


def patiently(town: Town, name: str, key: str) -> None:
    """Refer a person again and again under one key until it is accepted, as a careful client does."""
    eventually(lambda: submitted(town, name, **{"Idempotency-Key": key}), lambda answer: answer.status_code == 201)


def test_while_kafka_is_away_commands_are_accepted_and_afterwards_all_of_them_are_told(
    city: Town, spare: float
) -> None:
    city.kafka.kill()
    killed_at = datetime.now(UTC)
    names = [f"Kafkaless {number}" for number in range(10)]
    began = time.monotonic()
    answers = [submitted(city, name) for name in names]
    assert {answer.status_code for answer in answers} == {201}
    require_in_time(answers, spare)
    assert not set(names) & set(referred(city))
    time.sleep(max(0.0, AWAY_SECONDS - (time.monotonic() - began)))
    assert known_until(city) < killed_at + timedelta(seconds=SHORT)
    city.kafka.start()

    eventually(lambda: referred(city), lambda seen: set(names) <= set(seen))
    eventually(lambda: known_until(city), lambda as_of: as_of == NOW)
    assert accept(city, {"name": "After Kafka"}, "coach-amir")


def test_while_postgresql_is_away_503_says_so_and_no_accepted_command_is_lost(city: Town, spare: float) -> None:
    accepted = [name for name in ("Before One", "Before Two") if submitted(city, name).status_code == 201]
    city.postgres.stop()
    began = time.monotonic()
    answers = [submitted(city, "Refused Meanwhile") for _ in range(TRIES)]
    assert {(answer.status_code, answer.headers["retry-after"]) for answer in answers} == {(503, "1")}
    assert answers[0].headers["content-type"] == "application/problem+json"
    require_in_time(answers, spare)
    time.sleep(max(0.0, AWAY_SECONDS - (time.monotonic() - began)))
    city.postgres.start()

    patiently(city, "Back Again", "away-1")
    patiently(city, "Back Again", "away-1")
    seen = eventually(lambda: referred(city), lambda seen: {*accepted, "Back Again"} <= set(seen))
    assert seen.count("Back Again") == 1
    assert "Refused Meanwhile" not in seen


def test_a_server_that_is_killed_in_the_middle_of_commands_keeps_each_that_it_answered(city: Town) -> None:
    answered = []
    for number in range(25):
        if number == 20:
            os.kill(city.postgres.process_id, signal.SIGQUIT)
        answer = submitted(city, f"Killed {number}")
        answered += [f"Killed {number}"] if answer.status_code == 201 else []
    city.postgres.stop()
    city.postgres.start()

    patiently(city, "Killed Last", "away-2")
    eventually(lambda: referred(city), lambda seen: {*answered, "Killed Last"} <= set(seen))


def test_while_the_keyring_is_away_what_needs_no_name_goes_on_and_the_rest_says_what_is_missing(
    city: Town, spare: float
) -> None:
    participant = accept(city, {"name": "Keyless"}, "coach-amir")
    city.services["keyring"].stop()
    time.sleep(SHORT)
    answers = [submitted(city, "Cannot Be Sealed") for _ in range(TRIES)]
    assert {(answer.status_code, answer.headers["retry-after"]) for answer in answers} == {(503, "1")}
    assert answers[0].json()["detail"] == "The keyring does not answer at the moment."
    require_in_time(answers, spare)
    city.services["keyring"].start()

    def timeline() -> Any:
        with city.client("caseload", "coach-amir") as coach:
            return coach.get(f"/participants/{participant}/timeline").json()

    eventually(timeline, lambda page: bool(page.get("entries")))
