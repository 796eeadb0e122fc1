"""Signing in with a provider: who comes in as whom, and everything that does not let anybody in."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from gateway.door import COOKIE
from gateway.openid.sign_in import COOKIE as ON_THE_WAY
from tests.gateway.openid_provider import CLIENT, Claims, OwnProvider, own_provider, rsa
from tests.running import prepare, running_services, service_of
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
NORTHWAY = uuid4()
COACH = {"sub": str(uuid4()), "name": "Amir Hussain", "realm": {"roles": ["staff", "Coach"]}, "org": "northway"}


def settings(site: str, issuer: str) -> dict[str, str]:
    """Return how the gateway is told of a provider."""
    return {
        "WAYMARK_ENVIRONMENT": "test",
        "WAYMARK_PERSONAS": "[]",
        "WAYMARK_STRANGERS_A_MINUTE": "100000",
        "WAYMARK_PORTAL_URL": site,
        "WAYMARK_OPENID_ISSUER": issuer,
        "WAYMARK_OPENID_CLIENT_ID": CLIENT,
        "WAYMARK_OPENID_CLIENT_SECRET": "a secret of a test",
        "WAYMARK_OPENID_ROLE_CLAIM": "realm.roles",
        "WAYMARK_OPENID_ROLES": json.dumps({"Manager": "provider_manager", "Coach": "coach", "Analyst": "analyst"}),
        "WAYMARK_OPENID_PROVIDER_CLAIM": "org",
        "WAYMARK_OPENID_PROVIDERS": json.dumps({"northway": str(NORTHWAY), "brightpath": str(uuid4())}),
    }


@pytest.fixture(scope="module")
def own() -> Iterator[OwnProvider]:
    with own_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def addresses(
    own: OwnProvider, platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka
) -> Iterator[Addresses]:
    """A gateway with nothing behind it, at which people sign in with the provider."""
    folder = platform_folder / "gateway-openid"
    folder.mkdir()
    addresses = prepare(("keyring", "gateway"), postgres, keyring_postgres, kafka, folder)
    told = settings(addresses.url("gateway"), own.url)
    with running_services(service_of("gateway", addresses, folder, variables=told)):
        yield addresses


@pytest.fixture
def provider(own: OwnProvider) -> OwnProvider:
    """The provider, honest, with a coach in front of it."""
    own.honest()
    own.person = dict(COACH)
    return own


@pytest.fixture
def browser(addresses: Addresses, provider: OwnProvider) -> Iterator[httpx.Client]:
    """Somebody with a browser. The provider's address stands in it as another site."""
    assert provider
    with httpx.Client(base_url=addresses.url("gateway"), headers=OWN, trust_env=False, timeout=30) as client:
        yield client


def carried(answer: httpx.Response, name: str) -> str:
    """Return a cookie that an answer gives, as a browser shows it again."""
    for given in answer.headers.get_list("set-cookie"):
        if given.startswith(f"{name}=") and not given.startswith(f'{name}="";'):
            return str(given.partition(";")[0])
    return ""


def begin(browser: httpx.Client, path: str = "/sign-in") -> tuple[str, str]:
    """Begin to sign in; return what the browser carries and where the provider sends it back to."""
    begun = browser.get(path)
    assert begun.status_code == 303, begun.text
    sent_back = httpx.get(begun.headers["location"], trust_env=False).headers["location"]
    return carried(begun, ON_THE_WAY), sent_back


def come_back(browser: httpx.Client, on_the_way: str, sent_back: str, **headers: str) -> httpx.Response:
    """Come back from the provider."""
    place = urlsplit(sent_back)
    return browser.get(f"{place.path}?{place.query}", headers={"Cookie": on_the_way} | headers)


def sign_in(browser: httpx.Client, path: str = "/sign-in", **headers: str) -> httpx.Response:
    """Sign in, all the way."""
    return come_back(browser, *begin(browser, path), **headers)


def session(answer: httpx.Response) -> dict[str, str]:
    """Return the header by which a browser shows its session."""
    assert answer.status_code == 303, answer.text
    return {"Cookie": carried(answer, COOKIE)}


def assert_not_let_in(answer: httpx.Response, status: int, words: str) -> None:
    """Nobody came in, and the page says what to do."""
    assert answer.status_code == status
    assert words in answer.text
    assert not carried(answer, COOKIE)


def test_the_front_page_leads_to_the_provider_and_says_nothing_of_personas(browser: httpx.Client) -> None:
    page = browser.get("/").text
    assert 'href="/sign-in"' in page
    assert "Look around as" not in page


def test_who_signs_in_is_who_the_claims_say(browser: httpx.Client) -> None:
    answer = sign_in(browser)

    assert answer.headers["location"] == "/today"
    me = browser.get("/api/v1/me", headers=session(answer)).json()
    assert (me["id"], me["role"], me["tenant"]) == (COACH["sub"], "coach", str(NORTHWAY))
    assert "Amir Hussain" in browser.get("/help", headers=session(answer)).text


def test_the_most_wanted_of_several_roles_is_taken(browser: httpx.Client, provider: OwnProvider) -> None:
    provider.person["realm"] = {"roles": ["Coach", "Manager"]}
    assert browser.get("/api/v1/me", headers=session(sign_in(browser))).json()["role"] == "provider_manager"


def test_an_id_that_is_no_uuid_stands_for_the_same_person_each_time(
    browser: httpx.Client, provider: OwnProvider
) -> None:
    provider.person |= {"sub": "00u1a2b3", "realm": {"roles": ["Analyst"]}, "org": None}
    first, second = (browser.get("/api/v1/me", headers=session(sign_in(browser))).json() for _ in range(2))
    assert first == second
    assert UUID(first["id"])
    assert first["tenant"] is None


@pytest.mark.parametrize(
    "claims",
    [
        {"realm": {"roles": ["staff"]}},
        {"realm": "Coach"},
        {"realm": None},
        {"org": "somewhere else"},
        {"org": "9b1f6c0a-8a0e-4a53-9d3e-2f1f4f6c7a10"},
        {"org": None},
        {"org": ["northway", "brightpath"]},
    ],
    ids=str,
)
def test_who_has_no_place_here_is_told_so(browser: httpx.Client, provider: OwnProvider, claims: Claims) -> None:
    provider.person |= claims
    assert_not_let_in(sign_in(browser), 403, "Ask your manager to give it a role")


def test_the_provider_is_asked_for_a_code_with_a_challenge_and_gets_no_secret_through_the_browser(
    browser: httpx.Client, provider: OwnProvider
) -> None:
    begin(browser)
    asked = provider.asked[-1]
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", CLIENT)
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    assert "client_secret" not in asked


def test_the_secret_of_the_way_is_for_this_host_alone_and_for_no_script(browser: httpx.Client) -> None:
    given = browser.get("/sign-in").headers["set-cookie"]
    words = {word.strip().lower() for word in given.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= words


def test_a_stolen_code_is_worth_nothing_without_the_verifier(browser: httpx.Client, provider: OwnProvider) -> None:
    _, sent_back = begin(browser)
    code = dict(parse_qsl(urlsplit(sent_back).query))["code"]
    callback = provider.asked[-1]["redirect_uri"]
    assert provider.token({"code": code, "redirect_uri": callback})[0] == 400


def test_a_code_that_was_put_into_somebody_elses_way_back_lets_nobody_in(browser: httpx.Client) -> None:
    _, victims = begin(browser)
    on_the_way, own = begin(browser)
    stolen, state = (dict(parse_qsl(urlsplit(url).query)) for url in (victims, own))
    answer = come_back(browser, on_the_way, f"/sign-in/callback?code={stolen['code']}&state={state['state']}")
    assert_not_let_in(answer, 403, "You were not let in")


def test_signing_in_gives_a_new_secret_whatever_the_browser_brought(browser: httpx.Client) -> None:
    planted = session(sign_in(browser))["Cookie"]
    on_the_way, sent_back = begin(browser)
    answer = come_back(browser, f"{on_the_way}; {planted}", sent_back)
    assert session(answer)["Cookie"] != planted
    assert browser.get("/api/v1/me", headers={"Cookie": planted}).status_code == 401


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"state": "made up"}, "Go back to the start"),
        ({"state": ""}, "Go back to the start"),
        ({"iss": "https://elsewhere.example"}, "We could not be sure who you are"),
        ({"code": ""}, "You were not let in"),
        ({"error": "access_denied"}, "You were not let in"),
    ],
    ids=str,
)
def test_an_answer_that_was_changed_on_the_way_lets_nobody_in(
    browser: httpx.Client, changed: dict[str, str], words: str
) -> None:
    on_the_way, sent_back = begin(browser)
    query = httpx.QueryParams(dict(parse_qsl(urlsplit(sent_back).query)) | changed)
    answer = come_back(browser, on_the_way, f"/sign-in/callback?{query}")
    assert_not_let_in(answer, answer.status_code, words)
    assert answer.is_client_error


def test_an_answer_for_one_browser_lets_no_other_in(browser: httpx.Client) -> None:
    _, sent_back = begin(browser)
    other, _ = begin(browser)
    for on_the_way in ("", other):
        assert_not_let_in(come_back(browser, on_the_way, sent_back), 400, "This sign-in is too old")


def test_an_answer_lets_in_once(browser: httpx.Client) -> None:
    on_the_way, sent_back = begin(browser)
    assert session(come_back(browser, on_the_way, sent_back))
    assert_not_let_in(come_back(browser, on_the_way, sent_back), 400, "This sign-in is too old")


def without(name: str) -> Callable[[Claims], Claims]:
    """Return a lie that leaves a claim away."""
    return lambda claims: {key: value for key, value in claims.items() if key != name}


@pytest.mark.parametrize(
    "lie",
    [
        lambda claims: claims | {"nonce": "of another sign-in"},
        without("nonce"),
        lambda claims: claims | {"iss": "https://elsewhere.example"},
        without("iss"),
        lambda claims: claims | {"aud": "another-client"},
        lambda claims: claims | {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        lambda claims: claims | {"aud": [CLIENT, "another-client"]},
        without("aud"),
        lambda claims: claims | {"exp": int(time()) - 61},
        without("exp"),
        lambda claims: claims | {"iat": int(time()) + 3600},
        without("sub"),
    ],
    ids=[
        "wrong nonce",
        "no nonce",
        "wrong issuer",
        "no issuer",
        "wrong audience",
        "made for another",
        "made for nobody of several",
        "no audience",
        "expired",
        "for ever",
        "of tomorrow",
        "of nobody",
    ],
)
def test_a_signed_word_that_is_not_for_this_sign_in_lets_nobody_in(
    browser: httpx.Client, provider: OwnProvider, lie: Callable[[Claims], Claims]
) -> None:
    provider.lie = lie
    assert_not_let_in(sign_in(browser), 403, "We could not be sure who you are")


def base64url(part: bytes) -> str:
    """Return a part of a token."""
    return urlsafe_b64encode(part).decode().rstrip("=")


def encoded(part: Claims) -> str:
    """Return a header or claims as a part of a token."""
    return base64url(json.dumps(part).encode())


def unsigned(claims: Claims) -> str:
    """Return claims as a token that says of itself that nobody signed it."""
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims)}."


def test_a_word_that_nobody_signed_lets_nobody_in(browser: httpx.Client, provider: OwnProvider) -> None:
    provider.sign = unsigned
    assert_not_let_in(sign_in(browser), 403, "We could not be sure who you are")


@pytest.mark.parametrize("key_id", ["first", "second"])
def test_a_word_of_another_key_lets_nobody_in(browser: httpx.Client, provider: OwnProvider, key_id: str) -> None:
    forged = rsa(key_id)
    provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": key_id}, claims, forged)
    assert_not_let_in(sign_in(browser), 403, "We could not be sure who you are")


def test_the_public_key_is_no_shared_secret(browser: httpx.Client, provider: OwnProvider) -> None:
    shared = provider.key.as_pem(private=False)

    def forged(claims: Claims) -> str:
        told = ".".join(map(encoded, ({"alg": "HS256", "kid": "first"}, claims)))
        return f"{told}.{base64url(hmac.digest(shared, told.encode(), 'sha256'))}"

    provider.sign = forged
    assert_not_let_in(sign_in(browser), 403, "We could not be sure who you are")


def test_another_algorithm_than_the_one_agreed_on_is_not_believed(browser: httpx.Client, provider: OwnProvider) -> None:
    same = RSAKey.import_key(provider.key.as_dict(private=True) | {"alg": "PS256"})
    provider.sign = lambda claims: jwt.encode({"alg": "PS256", "kid": "first"}, claims, same, algorithms=["PS256"])
    assert_not_let_in(sign_in(browser), 403, "We could not be sure who you are")


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/help", "/help"),
        ("/caseload?stage=on-course", "/caseload?stage=on-course"),
        ("//elsewhere.example", "/today"),
        ("https://elsewhere.example", "/today"),
        ("/\\elsewhere.example", "/today"),
        ("\\\\elsewhere.example", "/today"),
        ("/%0d%0aSet-Cookie: x=1", "/%0d%0aSet-Cookie: x=1"),
        ("/\t/elsewhere.example", "/today"),
        ("/\r\n/elsewhere.example", "/today"),
        ("javascript:alert(1)", "/today"),
        ("elsewhere.example", "/today"),
        ("/" + "a" * 2000, "/today"),
    ],
)
def test_nobody_is_led_to_another_site(browser: httpx.Client, asked: str, led: str) -> None:
    path = f"/sign-in?{httpx.QueryParams({'next': asked})}"
    assert httpx.URL(sign_in(browser, path).headers["location"]) == httpx.URL(led)


def test_who_was_sent_away_from_a_page_comes_back_to_it(browser: httpx.Client) -> None:
    away = browser.get("/caseload")
    front = browser.get(away.headers["location"]).text
    assert 'href="/sign-in?next=%2Fcaseload"' in front
    assert sign_in(browser, "/sign-in?next=%2Fcaseload").headers["location"] == "/caseload"


def test_signing_out_ends_the_session_and_offers_to_sign_out_at_the_provider(
    browser: httpx.Client, provider: OwnProvider
) -> None:
    known = session(sign_in(browser))
    answer = browser.post("/sign-out", headers=known)
    assert browser.get("/api/v1/me", headers=known).status_code == 401
    assert f'action="{provider.url}/end"' in answer.text
    assert 'name="id_token_hint" value="ey' in answer.text
    assert f"form-action 'self' {provider.url};" in answer.headers["content-security-policy"]
