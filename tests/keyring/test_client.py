"""Services seal, find and open through the client; nobody does after an erasure."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.keyring import (
    KEY_LIFETIME,
    BrokenSealError,
    Entry,
    KeyringAwayError,
    KeyringRefusedError,
    PersonIsErasedError,
    Term,
    UnknownKeyError,
)
from events.caseload import ContactRecorded
from events.keyring import IndexKind
from events.referrals import ReferralSubmitted
from events.sealed import KeyOf, Sealed
from waymark.local.postgres import Postgres

from .conftest import make_home
from .running import RunningKeyring

MARKER = "Marmaduke Fotheringay-Quillfeather"


@dataclass
class HandTurnedClock:
    """Seconds that pass when a test says so."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        """Return now."""
        return self.seconds


@pytest.fixture(scope="module")
def running(keyring_postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKeyring]:
    """One keyring for all tests of this module."""
    folder = tmp_path_factory.mktemp("keyring")
    service = RunningKeyring(make_home(keyring_postgres, folder), folder)
    service.start()
    yield service
    assert service.stop() == 0


async def test_what_is_sealed_opens_for_another_service_and_shows_nothing_meanwhile(running: RunningKeyring) -> None:
    person = uuid4()
    async with running.client("referrals") as referrals, running.client("caseload") as caseload:
        sealed = (await referrals.sealer(person)).seal(ReferralSubmitted, "name", MARKER)

        assert await caseload.open_many([sealed, None]) == [MARKER, None]

    assert Sealed(sealed).person == person
    assert f"{person}:waymark.referrals.ReferralSubmitted.v1:name:" in sealed
    assert "Marmaduke" not in sealed


async def test_the_same_text_sealed_twice_looks_different(running: RunningKeyring) -> None:
    async with running.client() as keyring:
        sealer = await keyring.sealer(uuid4())

        assert sealer.seal(ReferralSubmitted, "name", "Ada") != sealer.seal(ReferralSubmitted, "name", "Ada")


@pytest.mark.parametrize("change", ["person", "fact", "field", "text"])
async def test_a_sealed_text_opens_for_no_other_person_fact_or_field(running: RunningKeyring, change: str) -> None:
    async with running.client() as keyring:
        sealers = await keyring.sealers([person := uuid4(), other := uuid4()])
        sealed = sealers[person].seal(ReferralSubmitted, "name", "Ada")
        own_key, others_key = (str(sealers[one].key_id) for one in (person, other))
        moved = {
            "person": sealed.replace(str(person), str(other)).replace(own_key, others_key),
            "fact": sealed.replace("ReferralSubmitted", "ReferralRejected"),
            "field": sealed.replace(":name:", ":notes:"),
            "text": sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:],
        }[change]

        with pytest.raises(BrokenSealError) as broken:
            await keyring.open_many([Sealed(moved)])

    assert "Ada" not in str(broken.value)


async def test_a_key_that_the_keyring_never_made_is_told(running: RunningKeyring) -> None:
    async with running.client() as keyring:
        sealed = (await keyring.sealer(person := uuid4())).seal(ReferralSubmitted, "name", "Ada")

        for stranger in (sealed.replace(str(sealed.key_id), str(uuid4())), sealed.replace(str(person), str(uuid4()))):
            with pytest.raises(UnknownKeyError):
                await keyring.open_many([Sealed(stranger)])


async def test_only_a_field_marked_for_this_kind_of_key_is_sealed(running: RunningKeyring) -> None:
    async with running.client() as keyring:
        sealer = await keyring.sealer(uuid4())

        with pytest.raises(TypeError, match=r"ReferralSubmitted.programme_id is not sealed"):
            sealer.seal(ReferralSubmitted, "programme_id", "x")
        with pytest.raises(TypeError, match=r"ContactRecorded.nothing is not sealed"):
            sealer.seal(ContactRecorded, "nothing", "x")


async def test_a_key_is_not_made_when_it_is_only_looked_for(running: RunningKeyring) -> None:
    async with running.client() as keyring:
        with pytest.raises(UnknownKeyError):
            await keyring.sealer(uuid4(), create=False)


async def test_nobody_opens_seals_or_finds_five_seconds_after_an_erasure_with_warm_caches(
    running: RunningKeyring,
) -> None:
    person, alias, kept = uuid4(), uuid4(), uuid4()
    async with (
        running.client("referrals") as referrals,
        running.client("caseload") as caseload,
        running.client_of_person("operator") as operator,
    ):
        sealers = await referrals.sealers([person, alias, kept])
        sealed = [sealer.seal(ReferralSubmitted, "name", MARKER) for sealer in sealers.values()]
        await referrals.index([Entry(one, IndexKind.NAME, MARKER) for one in (person, alias, kept)])
        assert await caseload.open_many(sealed) == [MARKER] * 3

        assert sorted(await operator.erase(person, [alias])) == sorted([person, alias])

        erased_at = time.monotonic()
        while (opened := await caseload.open_many(sealed)) != [None, None, MARKER]:
            assert time.monotonic() < erased_at + 5
        assert await referrals.open_many(sealed) == opened
        for one in (person, alias):
            with pytest.raises(PersonIsErasedError):
                await referrals.sealer(one)
        assert (await caseload.search([Term(IndexKind.NAME, MARKER)])).persons == [kept]
        assert await operator.erase(person, [alias]) == []


async def test_a_key_is_used_for_four_seconds_counted_from_before_it_was_asked_for(running: RunningKeyring) -> None:
    clock = HandTurnedClock()
    async with running.client(monotonic=clock) as keyring, running.client_of_person("operator") as operator:
        sealed = (await keyring.sealer(person := uuid4())).seal(ReferralSubmitted, "name", "Ada")
        await operator.erase(person)

        clock.seconds += KEY_LIFETIME - 0.01
        assert await keyring.open_many([sealed]) == ["Ada"]

        clock.seconds += 0.01
        assert await keyring.open_many([sealed]) == [None]


async def test_a_key_is_gone_from_memory_after_its_lifetime_though_nobody_asks(
    running: RunningKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.keyring.KEY_LIFETIME", 0.2)
    async with running.client() as keyring:
        await keyring.sealers([uuid4(), uuid4()])
        assert len(keyring._held) == 2

        await asyncio.sleep(0.3)
        assert keyring._held == {}


async def test_many_asking_at_once_each_get_all_their_keys(running: RunningKeyring) -> None:
    persons = [uuid4() for _ in range(1_500)]
    async with running.client() as keyring:
        answers = await asyncio.gather(*(keyring.sealers(persons[start:]) for start in range(0, 1_500, 150)))

    assert [list(answer) for answer in answers] == [persons[start:] for start in range(0, 1_500, 150)]


async def test_thousands_are_sealed_indexed_identified_and_opened_in_batches(running: RunningKeyring) -> None:
    numbers = [f"QQ{number:06}B" for number in range(2_500)]
    async with running.client() as keyring:
        persons = await keyring.identify(IndexKind.NI_NUMBER, numbers)
        sealers = await keyring.sealers(persons)
        rows = zip(persons, numbers, strict=True)
        sealed = [sealers[person].seal(ReferralSubmitted, "ni_number", number) for person, number in rows]
        await keyring.index(Entry(person, IndexKind.POSTCODE, "ZZ99 9ZZ") for person in persons)

        assert len(set(persons)) == 2_500
        assert await keyring.identify(IndexKind.NI_NUMBER, numbers) == persons
        assert await keyring.open_many(sealed) == numbers
        found = await keyring.search([Term(IndexKind.POSTCODE, "zz999zz")])
    assert sorted(found.persons) == sorted(persons)
    assert found.complete


async def test_a_caller_is_refused_kinds_that_are_not_theirs(running: RunningKeyring) -> None:
    async with running.client("referrals") as referrals, running.client("caseload") as caseload:
        for asked in (
            caseload.sealer(uuid4(), KeyOf.STAFF),
            referrals.identify(IndexKind.NAME, ["Ada"]),
            referrals.index([Entry(uuid4(), IndexKind.NI_NUMBER, "QQ123456C")]),
        ):
            with pytest.raises(KeyringRefusedError, match="403"):
                await asked


async def test_keys_are_opened_for_no_one_who_may_not(running: RunningKeyring) -> None:
    async with running.client() as referrals:
        sealed = (await referrals.sealer(uuid4())).seal(ReferralSubmitted, "name", MARKER)

    for stranger in (running.client("analytics"), running.client_of_person("operator")):
        async with stranger:
            with pytest.raises(KeyringRefusedError, match="403"):
                await stranger.open_many([sealed])


async def test_a_value_that_is_refused_is_neither_answered_nor_logged(running: RunningKeyring) -> None:
    async with running.client() as keyring:
        with pytest.raises(KeyringRefusedError, match="422") as refused:
            await keyring.identify(IndexKind.NI_NUMBER, [MARKER])
        with pytest.raises(KeyringRefusedError, match="422"):
            await keyring.index([Entry(uuid4(), MARKER, MARKER)])

    assert "Marmaduke" not in str(refused.value)
    assert "Marmaduke" not in running.log.read_text()


async def test_a_rotation_asked_by_an_operator_leaves_everything_openable(running: RunningKeyring) -> None:
    async with running.client() as keyring, running.client_of_person("operator") as operator:
        sealed = (await keyring.sealer(uuid4())).seal(ReferralSubmitted, "name", MARKER)
        await operator.rotate()

    async with running.client("caseload") as caseload:
        assert await caseload.open_many([sealed]) == [MARKER]


async def test_a_keyring_that_is_away_is_a_transient_error(keyring_postgres: Postgres, tmp_path: Path) -> None:
    service = RunningKeyring(make_home(keyring_postgres, tmp_path), tmp_path)
    async with service.client() as keyring:
        with pytest.raises(KeyringAwayError):
            await keyring.sealer(person := uuid4())

        service.start()
        try:
            assert (await keyring.sealer(person)).person == person
        finally:
            assert service.stop() == 0

        with pytest.raises(ConnectionError):
            await keyring.search([Term(IndexKind.NAME, "Ada")])
