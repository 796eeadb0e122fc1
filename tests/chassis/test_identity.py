"""Who is recognised, and who is not."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey

from chassis.identity import Actor, KeysAwayError, NotAuthenticatedError, Verifier
from chassis.signing import ServiceTokens, SigningKey, person_token, published

PEOPLE = SigningKey.generate("people")
REFERRALS = SigningKey.of_service("referrals")
COACH = Actor(uuid4(), "coach", uuid4())
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class Time:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return now."""
        return self.now

    def pass_by(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@dataclass
class House:
    """A JWK set in a file, and the verifier of the service `caseload` that reads it."""

    file: Path
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        """Publish the keys that everybody knows."""
        self.publish(PEOPLE, REFERRALS)
        self.verifier = Verifier(str(self.file), "waymark", "caseload", self.time)

    def publish(self, *keys: SigningKey) -> None:
        """Replace the JWK set."""
        self.file.write_text(published(keys))

    def token(self, key: SigningKey = PEOPLE, /, **changed: Any) -> str:
        """Return a coach's token with some claims changed; None leaves a claim out."""
        seconds = int(self.time().timestamp())
        claims = {
            "iss": "waymark",
            "aud": "waymark",
            "sub": str(COACH.id),
            "role": "coach",
            "tenant": str(COACH.tenant),
            "iat": seconds,
            "nbf": seconds,
            "exp": seconds + 600,
        }
        return key.sign({name: value for name, value in (claims | changed).items() if value is not None})

    async def refuses(self, token: str) -> bool:
        """Return whether nobody is recognised, and nothing is said about why."""
        with pytest.raises(NotAuthenticatedError, match=r"^The bearer token is missing or not valid\.$"):
            await self.verifier.verify(token)
        return True


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A verifier with its keys and its clock."""
    return House(tmp_path / "jwks.json")


async def test_a_person_is_recognised_with_their_role_and_tenant(house: House) -> None:
    token = person_token(PEOPLE, COACH, clock=house.time)

    assert await house.verifier.verify(token) == COACH
    assert str(COACH) == f"coach:{COACH.id}"


async def test_somebody_of_no_single_tenant_is_recognised_as_such(house: House) -> None:
    operator = Actor(uuid4(), "operator")

    assert await house.verifier.verify(person_token(PEOPLE, operator, clock=house.time)) == operator


async def test_a_token_that_does_not_say_whose_people_it_shows_is_refused(house: House) -> None:
    assert await house.refuses(house.token(tenant=None))


async def test_an_expired_token_is_refused_even_when_it_was_good_before(house: House) -> None:
    token = house.token()
    assert await house.verifier.verify(token) == COACH

    house.time.pass_by(timedelta(minutes=10, seconds=11))

    assert await house.refuses(token)


async def test_a_token_for_later_is_refused(house: House) -> None:
    assert await house.refuses(house.token(nbf=int(NOW.timestamp()) + 60))


async def test_a_token_of_a_clock_that_is_a_little_ahead_is_taken(house: House) -> None:
    assert await house.verifier.verify(house.token(nbf=int(NOW.timestamp()) + 5)) == COACH


async def test_a_token_that_would_hold_for_a_day_is_refused(house: House) -> None:
    assert await house.refuses(house.token(exp=int(NOW.timestamp()) + 86_400))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "role", "tenant", "iat", "nbf", "exp"])
async def test_a_token_without_one_of_its_claims_is_refused(house: House, claim: str) -> None:
    without: dict[str, Any] = {claim: None}

    assert await house.refuses(house.token(**without))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "elsewhere"},
        {"aud": "elsewhere"},
        {"aud": "caseload"},
        {"sub": "amir"},
        {"tenant": "every"},
        {"role": "coach admin"},
        {"role": ["coach"]},
        {"exp": "soon"},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(house: House, changed: dict[str, Any]) -> None:
    assert await house.refuses(house.token(**changed))


async def test_a_token_signed_by_a_stranger_under_a_known_key_id_is_refused(house: House) -> None:
    assert await house.refuses(house.token(SigningKey.generate("people")))


async def test_a_token_whose_claims_were_exchanged_is_refused(house: House) -> None:
    header, _, signature = house.token().split(".")
    _, richer, _ = house.token(role="operator").split(".")

    assert await house.refuses(f"{header}.{richer}.{signature}")


async def test_a_token_without_a_signature_is_refused(house: House) -> None:
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"people"}').decode().rstrip("=")
    _, claims, _ = house.token().split(".")

    assert await house.refuses(f"{header}.{claims}.")


async def test_a_public_key_used_as_a_shared_secret_is_refused(house: House) -> None:
    secret = OctKey.import_key(base64.urlsafe_b64decode(PEOPLE.public()["x"] + "="))
    claims = json.loads(base64.urlsafe_b64decode(house.token().split(".")[1] + "=="))

    assert await house.refuses(jwt.encode({"alg": "HS256", "kid": "people"}, claims, secret))


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_another_algorithm_is_refused_even_with_a_published_key(house: House) -> None:
    ours, theirs = OKPKey.generate_key("Ed25519", {"kid": "people"}), RSAKey.generate_key(2048, {"kid": "rsa"})
    house.file.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in (ours, theirs)]}))
    claims = json.loads(base64.urlsafe_b64decode(house.token().split(".")[1] + "=="))

    assert await house.verifier.verify(jwt.encode({"alg": "Ed25519", "kid": "people"}, claims, ours, ["Ed25519"]))
    assert await house.refuses(jwt.encode({"alg": "EdDSA", "kid": "people"}, claims, ours, ["EdDSA"]))
    assert await house.refuses(jwt.encode({"alg": "RS256", "kid": "rsa"}, claims, theirs))


async def test_an_enormous_token_is_refused_unread(house: House) -> None:
    assert await house.refuses(house.token(padding="x" * 5000))


@given(text=st.text(max_size=200) | st.binary(max_size=150).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
async def test_no_text_whatever_breaks_the_verifier(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    house = House(tmp_path_factory.getbasetemp() / "any.json")

    assert await house.refuses(text)
    assert await house.refuses(f"{text}.{text}.{text}")


@pytest.mark.parametrize(
    "header", [{}, {"kid": None}, {"kid": []}, {"kid": {}}, {"kid": 7}, {"kid": "people", "crit": ["x"]}, [], "x", 7]
)
async def test_a_strange_header_is_refused(house: House, header: object) -> None:
    _, claims, signature = house.token().split(".")
    strange = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")

    assert await house.refuses(f"{strange}.{claims}.{signature}")


async def test_a_service_is_recognised_by_its_own_key(house: House) -> None:
    token = ServiceTokens(REFERRALS, house.time).to("caseload")()

    assert await house.verifier.verify(token) == Actor.of_service("referrals")
    assert str(Actor.of_service("referrals")) == "service:referrals"


async def test_a_token_for_another_service_is_refused(house: House) -> None:
    assert await house.refuses(ServiceTokens(REFERRALS, house.time).to("keyring")())


async def test_a_service_cannot_speak_as_another(house: House) -> None:
    assert await house.refuses(
        house.token(REFERRALS, iss="service:keyring", sub="service:keyring", aud="caseload", role=None)
    )


async def test_a_service_cannot_speak_as_a_person(house: House) -> None:
    assert await house.refuses(house.token(REFERRALS))


async def test_a_person_cannot_speak_as_a_service(house: House) -> None:
    assert await house.refuses(house.token(role="service"))
    assert await house.refuses(house.token(iss="service:referrals", sub="service:referrals", aud="caseload"))


async def test_a_service_uses_a_token_for_half_its_life(house: House) -> None:
    give = ServiceTokens(REFERRALS, house.time).to("caseload")
    first = give()
    assert give() == first

    house.time.pass_by(timedelta(minutes=3))

    assert give() != first


async def test_a_new_key_is_found_when_its_first_token_comes(house: House) -> None:
    new = SigningKey.generate("people-2")
    assert await house.verifier.verify(house.token()) == COACH
    house.publish(PEOPLE, new)
    house.time.pass_by(timedelta(seconds=6))

    assert await house.verifier.verify(house.token(new)) == COACH


async def test_unknown_keys_do_not_make_the_set_be_read_over_and_over(house: House) -> None:
    new = SigningKey.generate("people-2")
    assert await house.verifier.verify(house.token()) == COACH
    house.publish(PEOPLE, new)

    assert await house.refuses(house.token(new))


async def test_a_token_is_remembered_for_a_minute_and_then_verified_again(house: House) -> None:
    token = house.token()
    assert await house.verifier.verify(token) == COACH
    house.file.write_text(published([REFERRALS]))
    assert await house.verifier.verify(token) == COACH

    house.time.pass_by(timedelta(minutes=6))

    assert await house.refuses(token)


async def test_known_keys_stay_while_the_set_cannot_be_read(house: House) -> None:
    assert await house.verifier.verify(house.token()) == COACH
    house.file.unlink()
    house.time.pass_by(timedelta(minutes=6))

    assert await house.verifier.verify(house.token()) == COACH


async def test_without_any_key_ever_it_is_not_the_token_that_is_wrong(house: House) -> None:
    house.file.unlink()

    with pytest.raises(KeysAwayError):
        await house.verifier.verify(house.token())


@pytest.fixture
def published_at(house: House) -> Iterator[str]:
    """The address of a server that answers with the JWK set."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with the file."""
            self.send_response(200)
            self.end_headers()
            self.wfile.write(house.file.read_bytes())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/jwks.json"
    server.shutdown()
    server.server_close()


async def test_keys_are_read_from_an_address_too(house: House, published_at: str) -> None:
    verifier = Verifier(published_at, "waymark", "caseload", house.time)

    assert await verifier.verify(house.token()) == COACH


def test_a_private_key_is_written_for_its_owner_only_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "key.jwk"
    PEOPLE.write(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert SigningKey.read(file).public() == PEOPLE.public()
    with pytest.raises(FileExistsError):
        REFERRALS.write(file)


def test_what_is_published_holds_no_private_part() -> None:
    assert all("d" not in key for key in json.loads(published([PEOPLE, REFERRALS]))["keys"])
