"""What bad input gets from the running platform: said by its place and without its value, or stored and shown right."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from chassis.identity import Actor
from chassis.signing import SigningKey, person_token
from tests.gateway.running import API, Person, Platform, Provider, done
from waymark.local import identity

UNRECOGNISED = "The bearer token is missing or not valid."
PROGRAMME = str(uuid4())


def refer(platform: Platform, **person: Any) -> Any:
    """Refer somebody as a new referrer to a new provider."""
    form = {"provider_id": str(uuid4()), "programme_id": PROGRAMME, "person": {"name": "Ada"} | person}
    return platform.client(Actor(uuid4(), "referrer")).post(f"{API}/referrals", json=form)


def claims(actor: Actor, **other: object) -> dict[str, object]:
    """Return the claims of a token, some of them other than they should be."""
    now = int(datetime.now(UTC).timestamp())
    good = {"iss": "waymark", "aud": "waymark", "sub": str(actor.id), "role": actor.role, "tenant": str(actor.tenant)}
    return good | {"iat": now, "nbf": now, "exp": now + 600} | other


def tokens(platform: Platform) -> dict[str, str]:
    """Return tokens that nobody should be recognised by."""
    actor = Provider().actor("coach")
    key = SigningKey.read(identity.people_key(platform.addresses.keys))
    forged = SigningKey.generate("people")
    whole = platform.token(actor)
    header, body, _ = whole.split(".")
    unsigned = OctKey.generate_key()
    return {
        "expired": person_token(key, actor, clock=lambda: datetime.now(UTC) - timedelta(hours=2)),
        "forged": person_token(forged, actor),
        "for another audience": key.sign(claims(actor, aud="elsewhere")),
        "of another issuer": key.sign(claims(actor, iss="elsewhere")),
        "cut": f"{header}.{body}.",
        "of no algorithm": f"eyJhbGciOiJub25lIiwia2lkIjoicGVvcGxlIn0.{body}.",
        "of a shared secret": jwt.encode({"alg": "HS256", "kid": "people"}, claims(actor), unsigned),
        "no token at all": "markertoken",
    }


def test_no_bad_token_is_recognised_and_all_are_answered_alike(platform: Platform) -> None:
    for what, bad in tokens(platform).items():
        answer = platform.client(None).get(f"{API}/caseload", headers={"Authorization": f"Bearer {bad}"})
        assert (answer.status_code, answer.json()["detail"]) == (401, UNRECOGNISED), what


@pytest.mark.parametrize(
    ("person", "pointer"),
    [
        ({"shoe_size": "markersize"}, "#/person/shoe_size"),
        ({"name": 314159}, "#/person/name"),
        ({"name": None}, "#/person/name"),
        ({"name": "marker" * 2_000}, "#/person/name"),
        ({"date_of_birth": "1890-01-01"}, "#/person/date_of_birth"),
        ({"date_of_birth": "markerdate"}, "#/person/date_of_birth"),
        ({"email": "markeraddress"}, "#/person/email"),
    ],
)
def test_what_cannot_be_right_is_said_by_its_place(platform: Platform, person: dict[str, Any], pointer: str) -> None:
    answer = refer(platform, **person)

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "marker" not in answer.text
    assert "314159" not in answer.text


@pytest.mark.parametrize("name", ["Plato", "Zoë 🌻 Okafor", "سلمى الخوري", "\u200fשרה כהן", "O'Brien-Łukaszewicz"])
def test_a_name_is_shown_as_it_was_written(platform: Platform, name: str) -> None:
    form = {"provider_id": str(uuid4()), "programme_id": PROGRAMME, "person": {"name": name}}
    client = platform.client(Actor(uuid4(), "referrer"))
    sent = done(client.post(f"{API}/referrals", json=form))

    position = {"at_least": sent.headers["waymark-position"]}
    shown = done(client.get(f"{API}/referrals/{sent.json()['ids']['referral']}", params=position)).json()

    assert shown["name"] == name


@pytest.mark.parametrize("body", [b'{"a": "\\u0000"}', b'{"a": "\x00"}', b'{"a": "\\ud800"}'])
def test_what_is_no_text_is_refused_by_its_place(platform: Platform, body: bytes) -> None:
    client = platform.client(Actor(uuid4(), "referrer"), **{"Content-Type": "application/json"})

    sent = client.post(f"{API}/referrals", content=body)
    asked = client.get(f"{API}/referrals", params={"stage": "\0"})
    assert (sent.status_code, asked.status_code) == (422, 422)
    assert [error["pointer"] for error in sent.json()["errors"]] == ["#" if b"\0" in body else "#/a"]
    assert [error["parameter"] for error in asked.json()["errors"]] == ["stage"]


def test_an_upload_of_200_megabytes_is_refused_with_the_limit(platform: Platform) -> None:
    client = platform.client(Provider().actor("provider_manager"), **{"Content-Type": "text/csv"})

    def parts() -> Any:
        for _ in range(200):
            yield b"x" * 1_000_000

    answer = client.post(f"{API}/referral-files", params={"programme_id": PROGRAMME}, content=parts())

    assert answer.status_code == 413
    assert "33554432 bytes" in answer.json()["detail"]


def test_a_file_that_only_its_service_refuses_names_that_limit(platform: Platform) -> None:
    client = platform.client(Provider().actor("provider_manager"), **{"Content-Type": "text/csv"})

    answer = client.post(f"{API}/referral-files", params={"programme_id": PROGRAMME}, content=b"x" * (21 * 1024 * 1024))

    assert (answer.status_code, "20971520 bytes" in answer.json()["detail"]) == (413, True)


def test_no_log_shows_what_was_sent(platform: Platform, person: Person) -> None:
    refer(platform, email="markeraddress", notes="Markernote")
    done(platform.client(person.coach).get(f"{API}/participants/{person.id}"))

    for log in platform.folder.glob("*.log"):
        text = log.read_text().lower()
        assert "marker" not in text, log.name
        assert "okafor" not in text, log.name
