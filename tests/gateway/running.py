"""The whole platform, every service as a process of its own, and whoever asks it through the gateway."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, LiteralString
from uuid import UUID, uuid4

import httpx
import psycopg

from chassis.clock import system_clock
from chassis.database import ALL_TENANTS, open_pool
from chassis.identity import Actor
from gateway.door import COOKIE
from gateway.sessions import Sessions
from tests.running import authorization, leave_record, prepare, service_of, token
from waymark.local.environment import SERVICES, Addresses
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.postgres import Postgres
from waymark.local.service import Service

VISIBLE_SECONDS: Final = 60.0
API: Final = "/api/v1"
PROGRAMME: Final = uuid4()


@dataclass(frozen=True)
class Provider:
    """A provider that no other test uses."""

    id: UUID = field(default_factory=uuid4)

    def actor(self, role: str) -> Actor:
        """Return somebody who works there."""
        return Actor(uuid4(), role, self.id)


@dataclass(frozen=True)
class Person:
    """A participant whose case has a coach: everything that a test of the whole platform begins with."""

    id: UUID
    case: UUID
    referral: UUID
    provider: Provider
    coach: Actor
    manager: Actor
    referrer: Actor

    @property
    def actor(self) -> Actor:
        """The person themselves."""
        return Actor(self.id, "jobseeker", self.provider.id)


@dataclass(frozen=True)
class Platform:
    """Where everything runs. `services` by name, so that a test may stop one and start it again."""

    addresses: Addresses
    folder: Path
    services: Mapping[str, Service]
    stack: ExitStack

    def token(self, actor: Actor) -> str:
        """Return a bearer token of somebody."""
        return token(self.addresses, actor)

    def client(self, actor: Actor | None, **headers: str) -> httpx.Client:
        """Return a client of the public API that asks as somebody, or as nobody."""
        known = authorization(self.addresses, actor) if actor else {}
        return self.stack.enter_context(client(self.addresses.url("gateway"), known | headers, timeout=60))

    def refer(
        self, person: Person | None = None, provider: Provider | None = None, traceparent: str = "", **details: str
    ) -> Person:
        """Return somebody new who was referred, accepted and given a coach, all through the public API.

        What follows from the acceptance belongs to the trace of `traceparent`.
        """
        provider = provider or Provider()
        coach = person.coach if person else provider.actor("coach")
        manager, referrer = provider.actor("provider_manager"), Actor(uuid4(), "referrer")
        asked = {"name": "Zoë Okafor"} | details
        form = {"provider_id": str(provider.id), "programme_id": str(PROGRAMME), "person": asked}
        sent = done(self.client(referrer).post(f"{API}/referrals", json=form))
        referral, staff = sent.json()["ids"]["referral"], self.client(manager)
        version = sent.json()["version"]
        for step, body in (("acknowledge", None), ("assess", None), ("accept", {"coach_id": str(coach.id)})):
            path = f"{API}/referrals/{referral}/{step}"
            traced = {"traceparent": traceparent} if traceparent and step == "accept" else {}
            answer = done(staff.post(path, json=body, headers=traced | {"If-Match": f'"{version}"'}))
            version = answer.json()["version"]
        participant = UUID(sent.json()["ids"]["participant"])
        case = self.case_of(staff, participant, coach)
        return Person(participant, case, UUID(referral), provider, coach, manager, referrer)

    def case_of(self, staff: httpx.Client, participant: UUID, coach: Actor) -> UUID:
        """Return the case of a person, once caseload and gateway know whose it is."""

        def found(listed: Any) -> list[Any]:
            return [case for case in listed["cases"] if case["participant_id"] == str(participant)]

        listed = eventually(lambda: staff.get(f"{API}/caseload"), lambda body: found(body) and found(body)[0])
        case = UUID(found(listed)[0]["case_id"])
        # Whoever asked the gateway too early would be told of as refused.
        query = "select 1 from cared where case_id = %s and coach_id = %s"
        wait_until(lambda: self.rows(query, case, coach.id))
        return case

    def rows(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """Return rows of the gateway's own database, of every provider."""
        with psycopg.connect(self.addresses.databases["gateway"]) as connection:
            connection.execute("select set_config('waymark.tenant', '*', false)")
            return connection.execute(query, values).fetchall()

    def told_by(self, reader: Actor) -> list[tuple[str, str, int | None]]:
        """Return what was stored of somebody's reading: the fact, of what, and how many."""
        query = "select topic, convert_from(state, 'UTF8')::json from stored_events where actor = %s"
        facts = self.rows(query, str(reader))
        return [(topic.split(".")[-2], fact["what"], fact.get("count")) for topic, fact in facts]

    def browser(self, actor: Actor | None, name: str = "") -> httpx.Client:
        """Return a client that asks for pages as somebody's browser does, or nobody's."""
        cookie = {"Cookie": f"{COOKIE}={self.sign_in(actor, name)}"} if actor else {}
        return self.client(None, **{"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}, **cookie)

    def sign_in(self, actor: Actor, name: str = "") -> str:
        """Return the secret of a new session of somebody."""

        async def start() -> str:
            async with open_pool(self.addresses.databases["gateway"], scope=ALL_TENANTS) as pool:
                return await Sessions(pool, system_clock).start(actor, name)

        # The driver of a real browser keeps an event loop in the tests' own thread.
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(lambda: asyncio.run(start())).result()


def done(answer: httpx.Response) -> httpx.Response:
    """Return an answer that has to be a success."""
    assert answer.is_success, answer.text
    return answer


def wait_until(seen: Callable[[], Any]) -> None:
    """Look again until there is something to be seen."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def eventually(ask: Callable[[], httpx.Response], seen: Callable[[Any], Any]) -> Any:
    """Ask again until `seen(answer's JSON)` holds, and return that JSON."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while True:
        answer = ask()
        if answer.is_success and seen(answer.json()):
            return answer.json()
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)


@contextmanager
def running(
    folder: Path,
    postgres: Postgres,
    keyring_postgres: Postgres,
    kafka: Kafka,
    variables: Mapping[str, Mapping[str, str]] = {},
) -> Iterator[Platform]:
    """Run every service while the context lasts; `variables` are further settings, by service."""
    addresses = prepare(SERVICES, postgres, keyring_postgres, kafka, folder)
    leave_record(addresses, folder)
    services = {name: service_of(name, addresses, folder, variables=variables.get(name, {})) for name in SERVICES}
    try:
        for service in services.values():
            service.launch()
        for service in services.values():
            service.wait()
        with ExitStack() as clients:
            yield Platform(addresses, folder, services, clients)
    finally:
        with ThreadPoolExecutor() as pool:
            list(pool.map(Service.stop, services.values()))
