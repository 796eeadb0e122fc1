"""Somebody signs in with a real Keycloak, and out of both.

Not one of the tests of `make test`, for its size: run by `make test-openid`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.keycloak.keycloak import CLIENT, PASSWORD, SECRET, USER, Keycloak
from tests.running import prepare, running_services, service_of
from tests.web.browser import browser
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

pytestmark = pytest.mark.timeout(3600)

NORTHWAY = uuid4()


@pytest.fixture
def site(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[str]:
    """A gateway with nothing behind it, and the Keycloak at which its people sign in."""
    folder = platform_folder / "gateway-keycloak"
    folder.mkdir()
    addresses = prepare(("keyring", "gateway"), postgres, keyring_postgres, kafka, folder)
    site = addresses.url("gateway")
    keycloak = Keycloak(folder, site)
    told = {
        "WAYMARK_ENVIRONMENT": "test",
        "WAYMARK_PERSONAS": "[]",
        "WAYMARK_PORTAL_URL": site,
        "WAYMARK_OPENID_ISSUER": keycloak.issuer,
        "WAYMARK_OPENID_CLIENT_ID": CLIENT,
        "WAYMARK_OPENID_CLIENT_SECRET": SECRET,
        "WAYMARK_OPENID_ROLES": json.dumps({"Coaches": "coach"}),
        "WAYMARK_OPENID_PROVIDERS": json.dumps({"northway": str(NORTHWAY)}),
    }
    keycloak.start()
    try:
        with running_services(service_of("gateway", addresses, folder, variables=told)):
            yield site
    finally:
        keycloak.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser of somebody who is not signed in."""
    with browser() as running:
        page = running.new_context().new_page()
        page.set_default_timeout(120_000)
        yield page


def test_somebody_signs_in_with_keycloak_and_out_of_both(page: Page, site: str) -> None:
    page.goto(f"{site}/?next=/help")
    page.get_by_role("link", name="Sign in").click()
    page.locator("#username").fill(USER)
    page.locator("#password").fill(PASSWORD)
    page.locator("#kc-login").click()
    expect(page).to_have_url(f"{site}/help", timeout=120_000)
    expect(page.get_by_text("Amir Hussain")).to_be_visible()
    me = page.request.get(f"{site}/api/v1/me").json()
    assert (me["role"], me["tenant"]) == ("coach", str(NORTHWAY))
    assert UUID(me["id"])

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out of my work account").click()
    expect(page).to_have_url(f"{site}/", timeout=120_000)
    page.get_by_role("link", name="Sign in").click()
    expect(page.locator("#username")).to_be_visible(timeout=120_000)
