"""A connection that breaks is made anew where asking twice changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import pytest_asyncio
import uvicorn

from chassis.keyring import IDLE_SECONDS, Keyring, KeyringAwayError, Term
from events.keyring import IndexKind

NOBODY = b'{"persons": [], "complete": true, "erased": []}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(NOBODY), NOBODY)
TERMS = [Term(IndexKind.NAME, "Ada")]


@dataclass
class BreakingServer:
    """Finds nobody; closes the connection instead of answering the first `breaks` requests."""

    breaks: int = 0
    connections: int = 0
    closed: list[asyncio.Future[None]] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.closed.append(asyncio.ensure_future(writer.wait_closed()))
        while await self._asked(reader) and len(self.asked) > self.breaks:
            writer.write(ANSWER)
        writer.close()

    async def _asked(self, reader: asyncio.StreamReader) -> bool:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return False
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        self.asked.append(head.partition(b" HTTP")[0])
        return True


@pytest.fixture
def server() -> BreakingServer:
    return BreakingServer()


@pytest_asyncio.fixture
async def keyring(server: BreakingServer) -> AsyncIterator[Keyring]:
    async with asked_of(server) as client:
        yield client


@asynccontextmanager
async def asked_of(server: BreakingServer) -> AsyncIterator[Keyring]:
    async with await asyncio.start_server(server.serve, "127.0.0.1") as listening:
        port = listening.sockets[0].getsockname()[1]
        async with Keyring(f"http://127.0.0.1:{port}", lambda: "token") as client:
            yield client
        await asyncio.gather(*server.closed)


async def test_a_search_is_asked_once_more_when_the_connection_breaks(server: BreakingServer, keyring: Keyring) -> None:
    server.breaks = 1
    assert (await keyring.search(TERMS)).complete
    assert server.asked == [b"POST /search"] * 2


async def test_a_keyring_that_breaks_twice_is_away(server: BreakingServer, keyring: Keyring) -> None:
    server.breaks = 2
    with pytest.raises(KeyringAwayError):
        await keyring.search(TERMS)
    assert server.asked == [b"POST /search"] * 2


async def test_what_is_not_the_same_when_done_twice_is_asked_once(server: BreakingServer, keyring: Keyring) -> None:
    server.breaks = 1
    with pytest.raises(KeyringAwayError):
        await keyring.erase(uuid4())
    server.breaks = 2
    with pytest.raises(KeyringAwayError):
        await keyring.rotate()
    assert server.asked == [b"POST /erase", b"POST /rotate"]


async def test_a_connection_is_used_again_until_it_was_idle_for_long(
    server: BreakingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.keyring.IDLE_SECONDS", 0.2)
    async with asked_of(server) as client:
        await client.search(TERMS)
        await client.search(TERMS)
        assert server.connections == 1
        await asyncio.sleep(0.4)
        await client.search(TERMS)
    assert server.connections == 2


def test_a_connection_is_given_up_before_the_server_closes_it() -> None:
    assert uvicorn.Config("any").timeout_keep_alive > IDLE_SECONDS
