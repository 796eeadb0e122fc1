"""The routes of the referrals service, asked of the real process: store, keyring, relay, topic and view behind them."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.referrals.conftest import WORKS, Provider, Running

ZOE = {
    "name": "Zoë Markersurname",
    "date_of_birth": "1990-12-31",
    "email": "markerlocal@example.org",
    "phone": "07700 900123",
    "address": "1 Markerstreet\nLeeds",
    "postcode": "ls111aa",
    "notes": "Markernote: prefers a text message.",
}


@pytest.fixture
def provider() -> Provider:
    """A provider that nobody else refers to."""
    return Provider()


@pytest.fixture
def referrer(service: Running) -> httpx.Client:
    """Somebody who refers people."""
    return service.client(Actor(uuid4(), "referrer"))


@pytest.fixture
def manager(service: Running, provider: Provider) -> httpx.Client:
    """A manager of that provider."""
    return service.client(provider.actor("provider_manager"))


def submit(client: httpx.Client, provider: Provider, key: str | None = None, **person: str) -> httpx.Response:
    form = {"provider_id": str(provider.id), "programme_id": str(WORKS), "person": ZOE | person}
    return client.post("/referrals", json=form, headers={"Idempotency-Key": key} if key else {})


def submitted(client: httpx.Client, provider: Provider, **person: str) -> str:
    answer = submit(client, provider, **person)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ids"]["referral"])


def ask(client: httpx.Client, referral: str, step: str, version: int, form: object = None) -> httpx.Response:
    return client.post(f"/referrals/{referral}/{step}", json=form, headers={"If-Match": f'"{version}"'})


def under_assessment(referrer: httpx.Client, manager: httpx.Client, provider: Provider, **person: str) -> str:
    referral = submitted(referrer, provider, **person)
    assert ask(manager, referral, "acknowledge", 1).status_code == 200
    assert ask(manager, referral, "assess", 2).status_code == 200
    return referral


def shown(client: httpx.Client, referral: str, after: httpx.Response) -> dict[str, Any]:
    """Return a referral as it is at least after that answer."""
    answer = client.get(f"/referrals/{referral}", params={"at_least": after.headers["waymark-position"]})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_submitted_referral_is_read_by_who_sent_it(referrer: httpx.Client, provider: Provider) -> None:
    answer = submit(referrer, provider)

    referral = shown(referrer, answer.json()["ids"]["referral"], answer)

    kept = {"postcode": "LS11 1AA", "phone": "+447700900123", "ni_number": None, "preferred_name": None}
    assert referral["person"] == ZOE | kept
    assert referral["stage"] == "submitted"
    assert referral["allowed"] == ["acknowledge", "withdraw"]


def test_a_provider_takes_a_person_on_step_by_step(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    coach = str(uuid4())
    referral = under_assessment(referrer, manager, provider)

    accepted = ask(manager, referral, "accept", 3, {"coach_id": coach})

    assert accepted.status_code == 200
    assert accepted.headers["etag"] == '"4"'
    seen = shown(manager, referral, accepted)
    assert (seen["stage"], seen["coach_id"], seen["version"]) == ("accepted", coach, 4)
    assert seen["submitted_at"] <= seen["acknowledged_at"] <= seen["answered_at"]


def test_referrals_are_counted_by_where_they_stand_and_by_when_they_are_to_be_confirmed(
    service: Running, referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    first, second = submitted(referrer, provider), submitted(referrer, provider, email="grace@example.org")
    known = ask(manager, first, "acknowledge", 1).headers["waymark-position"]

    counted = [client.get("/referral-counts", params={"at_least": known}).json() for client in (referrer, manager)]
    oldest, newest = (
        [one["id"] for one in referrer.get("/referrals", params={"order": order}).json()["referrals"]]
        for order in ("oldest", "newest")
    )
    day = referrer.get(f"/referrals/{second}").json()["acknowledge_by"]
    confirm = [{"acknowledge_by": day, "referrals": 1}]

    assert counted == [{"stages": {"acknowledged": 1, "submitted": 1}, "to_confirm": confirm}] * 2
    assert oldest == newest[::-1] == [first, second]
    after = referrer.get("/referrals", params={"order": "oldest", "after": first}).json()["referrals"]
    assert [one["id"] for one in after] == [second]
    nobody = service.client(Provider().actor("coach")).get("/referral-counts").json()
    assert nobody == {"stages": {}, "to_confirm": []}


def test_a_referrer_finds_only_whom_they_sent(service: Running, referrer: httpx.Client, provider: Provider) -> None:
    named = {"name": "Wilhelmina Findling", "email": "findling@example.org"}
    other = service.client(Actor(uuid4(), "referrer"))
    mine, theirs = submitted(referrer, provider, **named), submit(other, provider, **named)
    known = theirs.headers["waymark-position"]
    assert other.get("/referrals", params={"at_least": known}).is_success

    def found(client: httpx.Client) -> list[str]:
        answer = client.post("/referrals/search", json={"terms": {"name": "findling"}}).json()
        assert answer["complete"]
        return sorted(one["id"] for one in answer["referrals"])

    assert found(referrer) == [mine]
    assert found(other) == [theirs.json()["ids"]["referral"]]
    assert found(service.client(provider.actor("coach"))) == sorted([mine, theirs.json()["ids"]["referral"]])
    assert found(service.client(Provider().actor("coach"))) == []


def test_a_waitlisted_person_can_still_be_accepted(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    referral = under_assessment(referrer, manager, provider)
    assert ask(manager, referral, "waitlist", 3).status_code == 200

    accepted = ask(manager, referral, "accept", 4, {})

    assert shown(manager, referral, accepted)["stage"] == "accepted"


def test_a_step_out_of_order_is_refused_with_what_is_allowed(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    answer = ask(manager, submitted(referrer, provider), "accept", 1, {})

    assert answer.status_code == 409
    assert answer.json()["allowed"] == ["acknowledge", "withdraw"]
    assert "must first acknowledge" in answer.json()["detail"]


def test_the_referrer_reads_why_a_person_was_turned_down(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    referral = under_assessment(referrer, manager, provider)
    why = {"reason": "no_capacity", "explanation": "The next course begins in March."}

    rejected = ask(manager, referral, "reject", 3, why)

    seen = shown(referrer, referral, rejected)
    assert (seen["stage"], seen["reason"], seen["explanation"]) == ("rejected", why["reason"], why["explanation"])


def test_a_referrer_takes_a_referral_back(referrer: httpx.Client, provider: Provider) -> None:
    referral = submitted(referrer, provider)

    withdrawn = ask(referrer, referral, "withdraw", 1, {"by": "referrer", "explanation": "Found a job."})

    assert shown(referrer, referral, withdrawn)["withdrawn_by"] == "referrer"


def test_nobody_withdraws_in_the_name_of_the_other_side(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    referral = submitted(referrer, provider)

    assert ask(referrer, referral, "withdraw", 1, {"by": "provider"}).status_code == 403
    assert ask(manager, referral, "withdraw", 1, {"by": "referrer"}).status_code == 403


def test_a_person_has_one_open_referral_to_a_programme(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    referral = under_assessment(referrer, manager, provider, ni_number="QQ 10 10 10 A")

    second = submit(referrer, provider, ni_number="qq101010a")

    assert second.status_code == 409
    assert second.json()["claim"] == "open-referral"
    assert ask(manager, referral, "reject", 3, {"reason": "no_capacity"}).status_code == 200
    assert submit(referrer, provider, ni_number="QQ101010A").status_code == 201


def test_a_person_who_is_known_by_their_ni_number_stays_the_same_participant(
    referrer: httpx.Client, provider: Provider
) -> None:
    first = submit(referrer, provider, ni_number="QQ202020B")
    form = {"provider_id": str(provider.id), "programme_id": str(uuid4()), "person": ZOE | {"ni_number": "QQ202020B"}}

    second = referrer.post("/referrals", json=form)

    assert second.json()["ids"]["participant"] == first.json()["ids"]["participant"]
    assert second.json()["ids"]["referral"] != first.json()["ids"]["referral"]


def test_the_same_idempotency_key_submits_once(referrer: httpx.Client, provider: Provider) -> None:
    first, second = submit(referrer, provider, key="only-once"), submit(referrer, provider, key="only-once")

    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    position = {"at_least": first.headers["waymark-position"]}
    assert len(referrer.get("/referrals", params=position).json()["referrals"]) == 1
    assert submit(referrer, provider, key="only-once", name="Somebody Else").status_code == 422


def test_a_command_says_which_version_it_was_decided_on(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    referral = submitted(referrer, provider)

    stale = ask(manager, referral, "acknowledge", 7)

    assert manager.post(f"/referrals/{referral}/acknowledge").status_code == 428
    assert stale.status_code == 412
    assert (stale.json()["expected"], stale.json()["actual"]) == (7, 1)


def test_a_referral_is_hidden_from_everybody_else(service: Running, referrer: httpx.Client, provider: Provider) -> None:
    answer = submit(referrer, provider)
    referral = answer.json()["ids"]["referral"]
    shown(referrer, referral, answer)
    strangers = [Provider().actor("provider_manager"), Provider().actor("coach"), Actor(uuid4(), "referrer")]

    for client in map(service.client, strangers):
        assert client.get(f"/referrals/{referral}").status_code == 404
        assert client.get("/referrals").json()["referrals"] == []
        assert ask(client, referral, "withdraw", 1, {"by": "participant"}).status_code == 404


@pytest.mark.parametrize("role", ["jobseeker", "analyst", "operator", "auditor"])
def test_other_roles_see_and_do_nothing(service: Running, provider: Provider, role: str) -> None:
    client = service.client(provider.actor(role))

    assert client.get("/referrals").status_code == 403
    assert submit(client, provider).status_code == 403
    assert client.post("/referral-files", params={"programme_id": str(WORKS)}, content=b"").status_code == 403


def test_who_shows_no_token_is_told_nothing(service: Running, provider: Provider) -> None:
    nobody = service.client(None)

    assert nobody.get("/referrals").status_code == 401
    assert submit(nobody, provider).status_code == 401


def test_lists_are_the_newest_first_in_pages(referrer: httpx.Client, manager: httpx.Client, provider: Provider) -> None:
    answers = [submit(referrer, provider, name=f"Person {letter}") for letter in "ABCDE"]
    for answer in answers:
        shown(manager, answer.json()["ids"]["referral"], answer)

    first = manager.get("/referrals", params={"limit": 3}).json()
    second = manager.get("/referrals", params={"limit": 3, "after": first["next"]}).json()

    names = [listed["name"] for listed in first["referrals"] + second["referrals"]]
    assert names == [f"Person {letter}" for letter in "EDCBA"]
    assert second["next"] is None


def test_lists_can_be_of_one_stage(referrer: httpx.Client, manager: httpx.Client, provider: Provider) -> None:
    waiting, seen = submitted(referrer, provider), submitted(referrer, provider, name="Somebody Else")
    acknowledged = ask(manager, seen, "acknowledge", 1)
    shown(manager, seen, acknowledged)

    listed = manager.get("/referrals", params={"stage": "acknowledged"}).json()["referrals"]

    assert [one["id"] for one in listed] == [seen]
    assert waiting != seen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "3141592653"),
        ("date_of_birth", "1890-01-01"),
        ("ni_number", "GB314159A"),
        ("email", "markeraddress"),
        ("phone", "0314"),
        ("postcode", "3141 592"),
        ("notes", "marker" * 1_000),
        ("shoe_size", "markersize"),
    ],
)
def test_details_that_cannot_be_right_are_told_by_their_place(
    referrer: httpx.Client, provider: Provider, field: str, value: str
) -> None:
    answer = submit(referrer, provider, **{field: value})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/person/{field}"]
    assert value not in answer.text


def test_no_log_shows_a_person(service: Running, referrer: httpx.Client, provider: Provider) -> None:
    answer = submit(referrer, provider)
    shown(referrer, answer.json()["ids"]["referral"], answer)
    submit(referrer, provider, email="markeraddress")

    logs = service.logs()

    assert "POST /referrals 201" in logs
    assert "marker" not in logs.lower()
