"""From acceptance to the start, asked of the real process; and a person who seems to be known already."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.referrals.conftest import Provider, Running

NOW = datetime.now(UTC)
SOON, EARLIER = NOW + timedelta(days=3), NOW - timedelta(hours=1)
ADA = {"name": "Ada Lovelace", "date_of_birth": "1990-12-10", "postcode": "LS1 4AP"}


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def referrer(service: Running) -> httpx.Client:
    return service.client(Actor(uuid4(), "referrer"))


@pytest.fixture
def manager(service: Running, provider: Provider) -> httpx.Client:
    return service.client(provider.actor("provider_manager"))


class Referred:
    """A referral, and what its provider asks of it, each time at the version that it has by then."""

    def __init__(self, manager: httpx.Client, answer: httpx.Response) -> None:
        assert answer.status_code == 201, answer.text
        self.manager, self.id, self.last = manager, answer.json()["ids"]["referral"], answer
        self.participant = answer.json()["ids"]["participant"]
        self.version = answer.json()["version"]

    def ask(self, step: str, form: object = None) -> httpx.Response:
        headers = {"If-Match": f'"{self.version}"'}
        answer = self.manager.post(f"/referrals/{self.id}/{step}", json=form, headers=headers)
        if answer.is_success:
            self.version, self.last = answer.json()["version"], answer
        return answer

    def goes(self, *steps: str) -> None:
        for step in steps:
            answer = self.ask(step, FORMS.get(step))
            assert answer.is_success, (step, answer.text)

    def seen_by(self, client: httpx.Client) -> Any:
        after = {"at_least": self.last.headers.get("waymark-position", "")}
        answer = client.get(f"/referrals/{self.id}", params=after)
        assert answer.is_success, answer.text
        return answer.json()


FORMS: dict[str, Any] = {
    "accept": {},
    "handover": {"meets_at": SOON.isoformat(), "channel": "video"},
    "initial-meeting": {"meets_at": EARLIER.isoformat(), "channel": "in_person", "place": "2 Markerroad, Leeds"},
    "initial-meeting/cancel": {"by": "provider"},
    "start": {"start_date": NOW.date().isoformat()},
    "did-not-start": {"reason": "not_reachable", "explanation": "Markeranswer: three calls."},
}
TO_ACCEPTANCE = ("acknowledge", "assess", "accept")


def refer(client: httpx.Client, provider: Provider, programme: str | None = None, **person: str) -> httpx.Response:
    form = {"provider_id": str(provider.id), "programme_id": programme or str(uuid4()), "person": ADA | person}
    return client.post("/referrals", json=form)


@pytest.fixture
def referred(referrer: httpx.Client, manager: httpx.Client, provider: Provider) -> Referred:
    return Referred(manager, refer(referrer, provider))


def test_the_referrer_sees_a_person_handed_over_met_and_started(referrer: httpx.Client, referred: Referred) -> None:
    referred.goes(*TO_ACCEPTANCE, "handover", "handover/held", "initial-meeting", "initial-meeting/held", "start")

    seen = referred.seen_by(referrer)

    assert (seen["stage"], seen["start_date"], seen["missed_meetings"]) == ("started", NOW.date().isoformat(), 0)
    assert datetime.fromisoformat(seen["first_meeting_at"]) == EARLIER
    assert (seen["meeting_channel"], seen["meeting_place"]) == ("in_person", "2 Markerroad, Leeds")
    assert seen["acknowledged_at"] <= seen["answered_at"] <= seen["met_at"]
    assert "is on the programme from" in seen["what_next"]


def test_the_referrer_reads_why_an_accepted_person_did_not_start(referrer: httpx.Client, referred: Referred) -> None:
    referred.goes(*TO_ACCEPTANCE, "initial-meeting", "initial-meeting/missed", "did-not-start")

    seen = referred.seen_by(referrer)

    assert (seen["stage"], seen["not_started_reason"]) == ("did_not_start", "not_reachable")
    assert (seen["explanation"], seen["missed_meetings"]) == ("Markeranswer: three calls.", 1)


def test_a_meeting_that_the_service_calls_off_is_never_a_no_show(referrer: httpx.Client, referred: Referred) -> None:
    referred.goes(*TO_ACCEPTANCE, "initial-meeting", "initial-meeting/cancel")

    refused = referred.ask("initial-meeting/missed")

    assert refused.status_code == 409
    assert refused.json()["allowed"] == ["did-not-start", "initial-meeting", "withdraw"]
    assert referred.seen_by(referrer)["missed_meetings"] == 0


def test_a_list_says_of_each_referral_what_happens_next(referrer: httpx.Client, referred: Referred) -> None:
    referred.goes(*TO_ACCEPTANCE)
    referred.seen_by(referrer)

    (listed,) = referrer.get("/referrals", params={"stage": "accepted"}).json()["referrals"]

    assert listed["what_next"] == "The provider arranges the first meeting."


@pytest.mark.parametrize(
    ("step", "form", "field"),
    [
        ("handover", {"meets_at": "1890-01-01T10:00:00+00:00", "channel": "phone"}, "meets_at"),
        ("initial-meeting", {"meets_at": "2026-03-04T10:00:00", "channel": "phone"}, "meets_at"),
        ("initial-meeting", {"meets_at": SOON.isoformat(), "channel": "pigeon"}, "channel"),
        ("initial-meeting", {"meets_at": SOON.isoformat(), "channel": "phone", "place": "markerplace" * 20}, "place"),
        ("start", {"start_date": "1890-01-01"}, "start_date"),
        ("did-not-start", {"reason": "markerreason"}, "reason"),
        ("duplicate/settle", {"same_person": "markerperhaps"}, "same_person"),
    ],
)
def test_what_cannot_be_right_is_told_by_its_place(referred: Referred, step: str, form: Any, field: str) -> None:
    answer = referred.ask(step, form)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{field}"]
    assert "marker" not in answer.text


@pytest.mark.parametrize("end", [("did-not-start",), ("initial-meeting", "start")], ids=["not started", "started"])
def test_after_the_end_a_new_referral_is_sent_and_linked_to_the_old_one(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider, end: tuple[str, ...]
) -> None:
    programme = str(uuid4())
    number = f"QQ{uuid4().int % 10**6:06}A"
    first = Referred(manager, refer(referrer, provider, programme, ni_number=number))
    first.goes(*TO_ACCEPTANCE)
    assert refer(referrer, provider, programme, ni_number=number).json()["claim"] == "open-referral"
    first.goes(*end)

    second = Referred(manager, refer(referrer, provider, programme, ni_number=number))

    assert second.seen_by(manager)["earlier_referral_id"] == first.id
    assert second.participant == first.participant


def test_a_second_referral_of_a_known_person_waits_until_the_provider_has_looked(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider, referred: Referred
) -> None:
    second = Referred(manager, refer(referrer, provider, name="Lovelace, ADA"))

    seen = second.seen_by(manager)
    assert (seen["possible_duplicate"], seen["known_participant_id"]) == (True, referred.participant)
    assert seen["participant_id"] != referred.participant
    refused = second.ask("acknowledge")
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["duplicate/settle", "withdraw"])
    assert second.ask("duplicate/settle", {"same_person": False}).is_success
    second.goes(*TO_ACCEPTANCE)
    seen = second.seen_by(manager)
    assert (seen["possible_duplicate"], seen["same_person"], seen["stage"]) == (False, False, "accepted")


def test_a_referrer_is_told_that_somebody_looks_and_nothing_of_another_referral(
    service: Running, manager: httpx.Client, provider: Provider, referred: Referred
) -> None:
    other = service.client(Actor(uuid4(), "referrer"))
    second = Referred(manager, refer(other, provider))

    seen = second.seen_by(other)

    assert seen["possible_duplicate"]
    assert seen["what_next"] == "The provider checks whether the person is known already."
    assert referred.id not in str(seen)
    assert referred.participant not in str(seen)


def test_the_same_ni_number_is_the_same_person_at_every_provider(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider
) -> None:
    elsewhere, number = Provider(), f"QQ{uuid4().int % 10**6:06}B"
    first = refer(referrer, elsewhere, name="Somebody Else", ni_number=number).json()["ids"]

    second = Referred(manager, refer(referrer, provider, ni_number=number))

    assert second.participant == first["participant"]
    assert second.seen_by(manager)["known_participant_id"] == first["participant"]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Ada Byron"},
        {"date_of_birth": "1991-01-01", "postcode": "LS1 4AQ"},
    ],
    ids=["another name", "neither date of birth nor postcode"],
)
def test_somebody_else_is_not_held(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider, referred: Referred, other: dict[str, str]
) -> None:
    second = Referred(manager, refer(referrer, provider, **other))

    assert not second.seen_by(manager)["possible_duplicate"]
    assert second.participant != referred.participant


def test_the_same_name_and_postcode_is_enough_to_look(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider, referred: Referred
) -> None:
    second = Referred(manager, refer(referrer, provider, date_of_birth="1991-01-01"))

    assert second.seen_by(manager)["known_participant_id"] == referred.participant


def test_a_provider_learns_nothing_of_people_that_only_another_one_knows(
    service: Running, referrer: httpx.Client, referred: Referred
) -> None:
    elsewhere = Provider()
    other = service.client(elsewhere.actor("provider_manager"))

    assert not Referred(other, refer(referrer, elsewhere)).seen_by(other)["possible_duplicate"]
    assert referred.id


def test_a_referral_entered_in_error_makes_nobody_known(
    referrer: httpx.Client, manager: httpx.Client, provider: Provider, referred: Referred
) -> None:
    assert referred.ask("entered-in-error", {"explanation": "Meant for somebody else."}).is_success

    assert referred.seen_by(referrer)["stage"] == "entered_in_error"
    assert not Referred(manager, refer(referrer, provider)).seen_by(manager)["possible_duplicate"]


def test_no_log_shows_a_place_or_a_reason(service: Running, referred: Referred) -> None:
    referred.goes(*TO_ACCEPTANCE, "initial-meeting", "did-not-start")

    assert "marker" not in service.logs().lower()
