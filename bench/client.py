"""A small HTTP/1.1 client, so that the load takes little of the cores that it shares with the server."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """A status and the headers, names in lower case."""

    status: int
    headers: Mapping[str, str]


class Connection:
    """One connection that is kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Connection":
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send a request and read its whole answer."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        start = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        self._writer.write((start + lines + "\r\n").encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        await self._reader.readexactly(int(found.get("content-length", "0")))
        return Answered(int(head[0].split()[1]), found)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
