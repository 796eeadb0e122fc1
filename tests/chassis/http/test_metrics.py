"""What a service counts of its requests, and who may see it."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis.http import service_app
from chassis.identity import Verifier
from chassis.settings import Environment
from tests.chassis.http.asking import add
from tests.chassis.http.notes import settings


def asking(app: FastAPI) -> httpx.AsyncClient:
    """Return somebody without a token."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes")


def serving(**told: Any) -> FastAPI:
    return service_app("Notes", "Keeps notes.", [], settings(**told), Verifier("none", "waymark", "notes"))


async def test_requests_are_counted_by_the_pattern_of_their_path_and_nothing_that_was_sent(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/failing/Ada-path?name=Ada-query")
    await add(client, {"text": "Ada-body"})
    await client.get("/Ada-nowhere")
    async with asking(serving(environment=Environment.TEST)) as operator:
        answer = await operator.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    for labels in (
        'method="GET",route="/failing/{name}",status="500"',
        'method="POST",route="/notes/{id}",status="201"',
        'method="GET",route="-",status="404"',
    ):
        assert f"waymark_http_request_seconds_count{{{labels}}}" in answer.text
        assert f'waymark_http_request_seconds_bucket{{le="0.005",{labels}}}' in answer.text
    assert "Ada" not in answer.text


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"environment": Environment.DEMO}, 200),
        ({"environment": Environment.DEMO, "metrics_port": 9000}, 404),
        ({"environment": Environment.PRODUCTION}, 404),
    ],
)
async def test_metrics_are_no_business_of_who_asks_the_api_in_production(told: dict[str, Any], status: int) -> None:
    async with asking(serving(**told)) as anybody:
        assert (await anybody.get("/metrics")).status_code == status


async def test_who_watches_is_not_counted() -> None:
    async with asking(serving(environment=Environment.TEST)) as operator:
        await operator.get("/metrics")
        assert 'route="/metrics"' not in (await operator.get("/metrics")).text
