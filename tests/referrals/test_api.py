"""The routes of the referrals service, asked of the real process: store, keyring, relay, topic and view behind them."""

from uuid import UUID, uuid4

import httpx
import pytest

from chassis.identity import Actor

from .conftest import WORKS, Provider, Running

ZOE = {
    "name": "Zoë Okafor",
    "date_of_birth": "1990-12-31",
    "email": "zoe@example.org",
    "phone": "07700 900123",
    "postcode": "ls111aa",
    "notes": "Prefers a text message.",
}


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def irena() -> Actor:
    return Actor(uuid4(), "referrer")


def submit(
    client: httpx.Client, provider: Provider, person: dict[str, str] | None = None, **headers: str
) -> httpx.Response:
    form = {"provider_id": str(provider.id), "programme_id": str(WORKS), "person": person or ZOE}
    return client.post("/referrals", json=form, headers=headers)


def test_a_submitted_referral_is_read_by_who_sent_it(service: Running, provider: Provider, irena: Actor) -> None:
    client = service.client(irena)
    answer = submit(client, provider)
    assert answer.status_code == 201, answer.text

    shown = client.get(
        f"/referrals/{answer.json()['ids']['referral']}", params={"at_least": answer.headers["waymark-position"]}
    )

    assert shown.status_code == 200, shown.text
    assert shown.headers["etag"] == '"1"'
    assert shown.json()["person"]["name"] == "Zoë Okafor"
    assert shown.json()["person"]["postcode"] == "LS11 1AA"
    assert shown.json()["allowed"] == ["acknowledge", "withdraw"]
