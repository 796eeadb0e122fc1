"""Asking the service that keeps notes, and looking at what it answers."""

import json
from typing import Any
from uuid import UUID

import httpx


async def add(client: httpx.AsyncClient, body: object = None, **headers: str) -> httpx.Response:
    """Add a note, decided on version 7 unless the headers say otherwise."""
    given = {"if-match": '"7"'} | {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body or {"text": "called"})
    return await client.post(
        f"/notes/{UUID(int=1)}", content=content, headers={"content-type": "application/json"} | given
    )


def is_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """Return the members of a problem, which the response is."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    members: dict[str, Any] = response.json()
    assert members["status"] == status
    assert members["title"]
    return members
