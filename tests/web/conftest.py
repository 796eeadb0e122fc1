"""What the tests of pages share."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser

from gateway.web.assets import asset_router
from gateway.web.design import design_router
from tests.web.browser import browser
from waymark.local.ports import any_free


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def component_page() -> Iterator[str]:
    """Serve the component page; return where."""
    app = FastAPI()
    for router in (asset_router, design_router):
        app.include_router(router)
    port = any_free()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
