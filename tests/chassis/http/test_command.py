"""What a command is told about a request, and what its answer tells."""

from uuid import UUID, uuid4

import httpx
import pytest

from chassis.ask import Ask, encode_places
from tests.chassis.http.asking import add, is_problem
from tests.chassis.http.notes import COACH, PLACE


async def test_an_accepted_command_tells_its_version_and_its_position(client: httpx.AsyncClient) -> None:
    answer = await add(client)

    assert answer.status_code == 201
    assert answer.json() == {"ids": {"note": str(UUID(int=1))}, "version": 8}
    assert answer.headers["etag"] == '"8"'
    assert answer.headers["waymark-position"] == encode_places([PLACE])
    assert "idempotency-replayed" not in answer.headers


async def test_a_repeated_command_is_marked_as_such(client: httpx.AsyncClient) -> None:
    assert (await add(client, idempotency_key="one")).headers["idempotency-replayed"] == "true"


async def test_a_command_is_told_who_asks_and_under_which_key(client: httpx.AsyncClient, asked: list[Ask]) -> None:
    await add(client, idempotency_key="first")
    await add(client)

    with_key, without = asked
    assert (with_key.actor, with_key.tenant) == (f"coach:{COACH.id}", COACH.tenant)
    assert with_key.key == f"coach:{COACH.id} first"
    assert (without.key, without.fingerprint) == (None, b"")


async def test_the_fingerprint_tells_requests_apart_and_recognises_the_same(
    client: httpx.AsyncClient, asked: list[Ask]
) -> None:
    headers = {"if-match": '"7"', "idempotency-key": "k"}
    for note, text in ((1, "a"), (1, "a"), (1, "b"), (2, "a")):
        await client.post(f"/notes/{UUID(int=note)}", json={"text": text}, headers=headers)
    first, same, other_body, other_path = (ask.fingerprint for ask in asked)

    assert first == same
    assert len({first, other_body, other_path}) == 3
    assert len(first) == 32


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "tab\t", "é".encode("latin-1").decode("latin-1")])
async def test_a_broken_idempotency_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    headers = [(b"idempotency-key", key.encode("latin-1")), (b"if-match", b'"7"')]

    is_problem(await client.post(f"/notes/{UUID(int=1)}", json={"text": "a"}, headers=headers), 400)


async def test_a_correlation_id_is_taken_over_when_it_is_a_uuid(client: httpx.AsyncClient, asked: list[Ask]) -> None:
    given = uuid4()
    await add(client, x_correlation_id=str(given))

    assert UUID(asked[0].correlation_id) == given
    is_problem(await add(client, x_correlation_id="Ada"), 400)


async def test_every_request_has_a_correlation_id_of_its_own(client: httpx.AsyncClient, asked: list[Ask]) -> None:
    await add(client)
    await add(client)

    assert len({ask.correlation_id for ask in asked}) == 2


async def test_a_command_needs_the_version_that_it_was_decided_on(client: httpx.AsyncClient) -> None:
    is_problem(await client.post(f"/notes/{UUID(int=1)}", json={"text": "a"}), 428)


@pytest.mark.parametrize("version", ["7", "*", 'W/"7"', '"-1"', '"x"', '""', '"7", "8"', '"' + "9" * 30 + '"'])
async def test_a_malformed_version_is_refused(client: httpx.AsyncClient, version: str) -> None:
    is_problem(await add(client, if_match=version), 400)


async def test_a_position_comes_back_as_the_places_that_an_answer_gave_out(client: httpx.AsyncClient) -> None:
    position = (await add(client)).headers["waymark-position"]
    answer = await client.get("/me", params={"at_least": position})

    assert answer.json() == [f"coach:{COACH.id}", [list(PLACE)]]
    assert answer.headers["etag"] == '"3"'
    assert (await client.get("/me")).json()[1] == []


@pytest.mark.parametrize(
    "token",
    [
        "zz",
        "é",
        encode_places([PLACE] * 25),
        encode_places([PLACE._replace(key="a\0b")]),
        encode_places([PLACE._replace(position=2**70)]),
        encode_places([PLACE._replace(partition=-1)]),
        "W1siYSIsImIiLDEsSW5maW5pdHksImsiXV0",
        "W1tb" * 2000,
    ],
)
async def test_a_position_that_nobody_gave_out_is_refused(client: httpx.AsyncClient, token: str) -> None:
    is_problem(await client.get("/me", params={"at_least": token}), 400)
