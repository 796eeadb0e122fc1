"""A provider is checked before anybody is sent there; settings that would let the wrong people in are not taken."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from pydantic import ValidationError

from gateway.openid.failure import ProviderAwayError
from gateway.openid.provider import GROWN_OLD, READ_APART, Provider
from gateway.openid.registration import Algorithm, Claims, ClientProof, Registration
from gateway.settings import GatewaySettings
from tests.gateway.openid_provider import OwnProvider, own_provider, rsa
from waymark.local.ports import any_free

NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
NEEDED = {
    "WAYMARK_DATABASE": "dbname=none",
    "WAYMARK_KAFKA": "127.0.0.1:9",
    "WAYMARK_JWKS": "keys.json",
    "WAYMARK_IDENTITY_KEY": "key.json",
    "WAYMARK_REQUEST_HASH_KEY": "k" * 32,
    "WAYMARK_SERVICES": "{}",
    "WAYMARK_PEOPLE_KEY": "people.json",
}
PRODUCTION = {
    "WAYMARK_PORTAL_URL": "https://waymark.example.org",
    "WAYMARK_OPENID_ISSUER": "https://id.example.org/realms/work",
    "WAYMARK_OPENID_CLIENT_ID": "waymark",
    "WAYMARK_OPENID_CLIENT_SECRET": "a secret of a test",
}
PERSONA = f'[{{"code": "c", "name": "C", "what": "coaches", "id": "{UUID(int=1)}", "role": "coach"}}]'


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


def registered(issuer: str) -> Registration:
    """Return how a provider knows us."""
    return Registration(
        issuer=issuer,
        client_id="waymark",
        client_secret="a secret of a test",
        proof=ClientProof.BASIC,
        scope="openid",
        algorithm=Algorithm.RS256,
        site="http://127.0.0.1:8100",
        plain_http=True,
        claims=Claims("sub", "name", "role", "provider", {"coach": "coach"}, {}),
    )


@pytest.fixture
def own() -> Iterator[OwnProvider]:
    with own_provider() as provider:
        yield provider


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"issuer": "https://elsewhere.example"}, "its issuer is another one"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "sign as agreed"),
        ({"token_endpoint": "file:///etc/passwd"}, "https"),
        ({"jwks_uri": 7}, "not the metadata"),
    ],
    ids=str,
)
async def test_nobody_is_sent_to_a_provider_that_we_cannot_work_with(
    own: OwnProvider, http: httpx.AsyncClient, said: dict[str, object], fault: str
) -> None:
    own.metadata = said
    with pytest.raises(ProviderAwayError, match=fault):
        await Provider(registered(own.url), http, Hands()).metadata()


async def test_nobody_is_sent_over_plain_http(own: OwnProvider, http: httpx.AsyncClient) -> None:
    with pytest.raises(ProviderAwayError, match="not https"):
        await Provider(replace(registered(own.url), plain_http=False), http, Hands()).metadata()


async def test_a_provider_that_is_away_is_asked_again_the_next_time(own: OwnProvider, http: httpx.AsyncClient) -> None:
    provider = Provider(registered(f"http://127.0.0.1:{any_free()}"), http, Hands())
    with pytest.raises(ProviderAwayError):
        await provider.metadata()
    provider.registration = registered(own.url)
    assert (await provider.metadata()).issuer == own.url


async def test_keys_that_the_provider_changed_are_read_again_but_not_for_every_stranger(
    own: OwnProvider, http: httpx.AsyncClient, hands: Hands
) -> None:
    provider = Provider(registered(own.url), http, hands)
    assert await provider.key("first")
    own.key = rsa("second")

    assert await provider.key("second") is None
    hands.move(READ_APART + timedelta(seconds=1))
    assert await provider.key("second")
    assert await provider.key("first") is None


async def test_a_key_that_was_withdrawn_is_forgotten_within_an_hour(
    own: OwnProvider, http: httpx.AsyncClient, hands: Hands
) -> None:
    provider = Provider(registered(own.url), http, hands)
    assert await provider.key("first")
    own.key = rsa("second")
    assert await provider.key("first")
    hands.move(GROWN_OLD + timedelta(seconds=1))
    assert await provider.key("first") is None


def read(monkeypatch: pytest.MonkeyPatch, **changed: str) -> GatewaySettings:
    """Return the settings of a gateway in production."""
    for name, value in (NEEDED | PRODUCTION | changed).items():
        monkeypatch.setenv(name, value)
    return GatewaySettings()


def test_a_provider_is_known_by_a_few_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    registration = read(monkeypatch).registration
    assert registration is not None
    assert registration.callback == "https://waymark.example.org/sign-in/callback"
    assert "jobseeker" not in registration.claims.roles.values()
    assert "a secret" not in repr(read(monkeypatch))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"WAYMARK_PERSONAS": PERSONA}, "personas are for a demonstration"),
        ({"WAYMARK_OPENID_ISSUER": "http://id.example.org"}, "WAYMARK_OPENID_ISSUER has to be an https URL"),
        ({"WAYMARK_PORTAL_URL": "http://waymark.example.org"}, "WAYMARK_PORTAL_URL has to be an https URL"),
        ({"WAYMARK_PORTAL_URL": ""}, "WAYMARK_PORTAL_URL has to be an https URL"),
        ({"WAYMARK_PORTAL_URL": "https://waymark.example.org/"}, "no slash at its end"),
        ({"WAYMARK_OPENID_CLIENT_ID": ""}, "WAYMARK_OPENID_CLIENT_ID is missing"),
        ({"WAYMARK_OPENID_CLIENT_SECRET": ""}, "WAYMARK_OPENID_CLIENT_SECRET is needed"),
        ({"WAYMARK_OPENID_CLIENT_PROOF": "none"}, "left away"),
        ({"WAYMARK_OPENID_SCOPE": "profile"}, "has to contain openid"),
        ({"WAYMARK_OPENID_ALGORITHM": "none"}, "RS256"),
        ({"WAYMARK_OPENID_ALGORITHM": "HS256"}, "RS256"),
        ({"WAYMARK_OPENID_ROLES": '{"staff": "chief"}'}, "openid_roles.staff"),
    ],
    ids=str,
)
def test_a_gateway_does_not_start_with_settings_that_let_the_wrong_people_in_or_nobody(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], fault: str
) -> None:
    with pytest.raises(ValidationError, match=fault):
        read(monkeypatch, **changed)
