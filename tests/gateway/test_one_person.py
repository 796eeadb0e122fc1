"""Somebody who comes a second time without a number is settled as the same person, and parted again by a leader."""

from typing import Final
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from chassis.identity import Actor
from tests.gateway.pages import As
from tests.gateway.running import API, PROGRAMME, Person, Platform, done, wait_until

pytestmark = pytest.mark.timeout(600)

ADA: Final = {"name": "Ada Byron King", "date_of_birth": "1990-12-10"}


def again(platform: Platform, person: Person) -> tuple[str, str]:
    """Refer a person again; return the ids of the referral and of the second participant."""
    form = {"provider_id": str(person.provider.id), "programme_id": str(PROGRAMME), "person": ADA}
    ids = done(platform.client(Actor(uuid4(), "referrer")).post(f"{API}/referrals", json=form)).json()["ids"]
    wait_until(lambda: platform.client(person.manager).get(f"{API}/referrals/{ids['referral']}").is_success)
    return ids["referral"], ids["participant"]


def opened(platform: Platform, reader: Actor, participant: str) -> int:
    """Return how often it was told that somebody opened the record of a participant."""
    query = "select count(*) from stored_events where actor = %s and topic like '%%RecordOpened%%' and subject = %s"
    return int(platform.rows(query, str(reader), participant)[0][0])


def test_a_leader_sees_that_two_records_are_one_person_and_parts_them_again(platform: Platform, reading: As) -> None:
    person = platform.refer(name=ADA["name"], date_of_birth=ADA["date_of_birth"])
    referral, second = again(platform, person)
    leader = person.provider.actor("team_leader")
    with reading(leader) as reader:
        page = reader.open(f"/incoming/{referral}")
        expect(page.get_by_role("link", name="Look at the earlier referral")).to_have_attribute(
            "href", f"/incoming/{person.referral}"
        )
        page.locator("summary", has_text="Settle whether we know them").click()
        page.get_by_label("Yes", exact=True).check()
        page.get_by_role("button", name="Settle whether we know them").click()
        expect(page.get_by_text("One person with two records")).to_be_visible()
        reader.picture("incoming-one-person")
        assert reader.faults() == []

        assert opened(platform, leader, str(person.id)) == 0
        told = opened(platform, leader, second)
        wait_until(lambda: platform.client(leader).get(f"{API}/participants/{person.id}/timeline").json()["aliases"])
        reader.open(f"/people/{person.id}")
        expect(page.get_by_text("Also known as a second record")).to_be_visible()
        expect(page.get_by_text("other record").first).to_be_visible()
        reader.picture("person-two-records")
        assert reader.faults() == []
        assert opened(platform, leader, second) > told

        reader.open(f"/incoming/{referral}").get_by_role("button", name="They are two people").click()
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        expect(page.get_by_text("One person with two records")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("One person with two records")).to_be_visible()
    with reading(person.coach) as reader:
        page = reader.open(f"/incoming/{referral}")
        expect(page.get_by_text("One person with two records")).to_be_visible()
        expect(page.get_by_role("button", name="They are two people")).to_have_count(0)


def test_a_leader_finds_a_second_record_by_name_and_takes_it_back(platform: Platform, reading: As) -> None:
    person = platform.refer(name="Niamh Byrne")
    platform.refer(person, person.provider, name="Neve Byrne")
    with reading(person.provider.actor("provider_manager")) as reader:
        page = reader.open(f"/people/{person.id}")
        page.locator("summary", has_text="They have a second record").click()
        page.locator("details[open]").get_by_label("Name, phone, e-mail or postcode").fill("Byrne")
        page.locator("details[open]").get_by_role("button", name="Find").click()
        expect(page.get_by_role("button", name="It is the same person")).to_have_count(1)
        reader.picture("second-record")
        assert reader.faults() == []
        page.get_by_role("button", name="It is the same person").click()
        expect(page.get_by_role("link", name="Open the second record")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Also known as a second record")).to_have_count(0)
    with reading(person.coach) as reader:
        expect(reader.open(f"/people/{person.id}").get_by_text("They have a second record")).to_have_count(0)
