"""A service says once what it hears and tells; its document, its checks and its roles follow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from chassis.listen.policies import Policy
from chassis.listen.views import View
from chassis.relay import Relay
from chassis.service import Processes, Service
from chassis.settings import ServiceSettings
from chassis.store import Store
from events.caseload import CaseOpened, CaseStarted, ContactRecorded
from events.envelope import ACCESS, JOURNEY, MARKET
from tests.chassis.http.notes import settings

ANY: Any = None
OPENED = View("opened", (CaseOpened,), ())
SPOKEN = View("spoken", (ContactRecorded,), (), topic=MARKET)
BOTH = Policy("both", CaseOpened, ANY, then=(Policy("then", ContactRecorded, ANY),))


@dataclass(frozen=True)
class Desk:
    store: Store


@asynccontextmanager
async def open_desk(_: ServiceSettings) -> AsyncIterator[Desk]:
    yield Desk(Store(ANY, "caseload"))


def roles_of(service: Service) -> set[str]:
    return set(Processes(service, ANY, ANY, {"deliver": ANY}).roles)


def test_its_document_names_every_consumer_and_the_topics_that_are_not_the_journey() -> None:
    channels = Service("caseload", "Cases.", (OPENED, SPOKEN), (BOTH,), {ACCESS: (CaseStarted,)}).specification()[
        "channels"
    ]
    named = ["opened", "spoken", "both", "Facts of caseload", f"Facts of caseload on {ACCESS}"]
    assert [channels[name]["address"] for name in named] == [JOURNEY, MARKET, JOURNEY, JOURNEY, ACCESS]


def test_what_its_policies_hear_after_their_first_fact_stands_in_its_document() -> None:
    document = Service("caseload", "Cases.", (), (BOTH,)).specification()
    heard = str(document["components"]["schemas"]["both:Message:Payload"])
    assert CaseOpened.__name__ in heard
    assert ContactRecorded.__name__ in heard


def test_it_is_ready_when_the_views_and_policies_that_it_has_are_there() -> None:
    assert list(Service("caseload", "Cases.", (OPENED,), (BOTH,)).checks(ANY)) == ["views", "policies"]
    assert list(Service("caseload", "Cases.", (OPENED,)).checks(ANY)) == ["views"]
    assert not Service("caseload", "Cases.").checks(ANY)


def test_only_who_has_views_has_a_role_that_keeps_them() -> None:
    with_views = roles_of(Service("caseload", "Cases.", (OPENED,)))
    assert with_views == {"api", "relay", "project", "deliver", "all"}
    assert roles_of(Service("caseload", "Cases.")) == with_views - {"project"}


async def test_where_one_process_does_all_an_appended_fact_wakes_what_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[Relay] = []
    given: list[Store] = []

    async def run(_: Relay) -> None:
        pass

    def wake(relay: Relay) -> None:
        woken.append(relay)

    async def answer(_: ServiceSettings, desk: Desk) -> None:
        desk.store.appended()
        given.append(desk.store)

    async def react(_: ServiceSettings, store: Store) -> None:
        given.append(store)

    monkeypatch.setattr(Relay, "run", run)
    monkeypatch.setattr(Relay, "wake", wake)
    everything = Processes(Service("caseload", "Cases."), open_desk, answer, {"react": react}).roles["all"]
    await everything(settings())
    assert len(woken) == 1
    assert given[0] is given[1]
