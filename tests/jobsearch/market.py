"""What tests do with the market: bring files in, and wait until they are seen."""

import time
from typing import Any, Final
from uuid import uuid4

import httpx

PATIENCE_SECONDS: Final = 120


def feed() -> str:
    """Return the name of a feed that no other test uses."""
    return f"feed-{uuid4().hex[:12]}"


def send(client: httpx.Client, content: str | bytes, of: str, *, whole: bool = True) -> httpx.Response:
    """Send a file to be checked."""
    data = content.encode() if isinstance(content, str) else content
    parameters: dict[str, str | bool] = {"feed": of, "whole": whole}
    return client.post("/vacancy-files", params=parameters, content=data, headers={"Content-Type": "text/csv"})


def confirmed(client: httpx.Client, file: str) -> dict[str, Any]:
    """Confirm a file, and return it when it is done."""
    assert client.post(f"/vacancy-files/{file}/confirm").status_code == 202
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        shown = dict(client.get(f"/vacancy-files/{file}").json())
        if shown["state"] != "importing":
            return shown
        assert time.monotonic() < deadline, "the import does not end"
        time.sleep(0.05)


def bring_in(client: httpx.Client, content: str | bytes, of: str, *, whole: bool = True) -> dict[str, Any]:
    """Bring a file in, and return what became of it."""
    answer = send(client, content, of, whole=whole)
    assert answer.status_code == 201, answer.text
    return confirmed(client, answer.json()["id"])


def counts(shown: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return how many vacancies came, changed, stayed and left."""
    return shown["added"], shown["revised"], shown["unchanged"], shown["withdrawn"]


def searched(client: httpx.Client, total: int | None = None, **asked: Any) -> dict[str, Any]:
    """Search until there are so many hits, at once where no number is given."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = client.post("/vacancies/search", json=asked)
        assert answer.status_code == 200, answer.text
        page = dict(answer.json())
        if total is None or page["total"] == total:
            return page
        assert time.monotonic() < deadline, f"{page['total']} hits instead of {total}"
        time.sleep(0.05)
