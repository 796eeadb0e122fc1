"""In a real browser, at a provider that others wrote: in, on to the page that was wanted, and out of both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, Page, expect

from tests.gateway.pages import Reader
from tests.gateway.test_openid import settings
from tests.running import prepare, running_services, service_of
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

# The provider is written for an older Authlib, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

AMIR = User(sub="amir", claims={"name": "Amir Hussain", "realm": {"roles": ["Coach"]}, "org": "northway"})
NOBODY = User(sub="nobody", claims={"name": "Nobody"})


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that signs in whoever is chosen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with run_server_in_thread(user_claims=[AMIR, NOBODY], require_nonce=True) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def site(
    issuer: str, platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka
) -> Iterator[str]:
    """A gateway with nothing behind it, at which people sign in with the provider."""
    folder = platform_folder / "gateway-openid-browser"
    folder.mkdir()
    addresses = prepare(("keyring", "gateway"), postgres, keyring_postgres, kafka, folder)
    told = settings(addresses.url("gateway"), issuer)
    with running_services(service_of("gateway", addresses, folder, variables=told)):
        yield addresses.url("gateway")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser of somebody who is not signed in, and that reaches nothing but this machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.route("https://**", lambda asked: asked.abort())
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def test_somebody_signs_in_and_out_of_both(page: Page, site: str, issuer: str) -> None:
    page.goto(f"{site}/?next=/help")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="amir").click()
    expect(page).to_have_url(f"{site}/help")
    expect(page.get_by_text("Amir Hussain")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out here")).to_be_visible()
    reader = Reader(page, site)
    reader.picture("signed-out")
    assert reader.faults() == []
    page.get_by_role("button", name="Sign out of my work account").click()
    expect(page).to_have_url(f"{issuer}/oauth2/end_session")
    page.get_by_role("button", name="End session").click()
    expect(page).to_have_url(f"{site}/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_who_has_no_role_is_told_what_to_do(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name="nobody").click()
    expect(page.get_by_role("heading", name="You have no place here yet")).to_be_visible()
    reader = Reader(page, site)
    reader.picture("no-place")
    assert reader.faults() == []


def test_who_says_no_at_the_provider_is_told_what_to_do(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", name="You were not let in")).to_be_visible()
