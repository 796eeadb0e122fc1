"""PostgreSQL itself shows a provider no row of another's, whatever the service asks."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from events.jobsearch import ApplicationSent, InterviewInvited
from events.meeting import MeetingChannel
from events.referrals import InitialMeetingBooked
from tests.nudges.running import DAY, NOON, Person, Platform

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()
TABLES = (
    "nudged_person",
    "nudged_case",
    "nudged_application",
    "nudged_interview",
    "nudged_meeting",
    "nudge",
    "service_message",
    "nudge_wishes",
    "stored_events",
)


@pytest.fixture(scope="module")
def people(platform: Platform) -> dict[UUID, Person]:
    """Let the same come to pass for one person with each of two providers."""
    found = {provider: Person(provider, email=None) for provider in (NORTHWAY, BRIGHTPATH)}
    platform.take_on(*found.values())
    for provider, person in found.items():
        invited = InterviewInvited(occurred_at=NOON, interview_id=uuid4(), round=1, starts_at=NOON + 30 * DAY)
        platform.tell(person, uuid4(), ApplicationSent(occurred_at=NOON - 14 * DAY), invited)
        platform.tell(person, uuid4(), ApplicationSent(occurred_at=NOON - 14 * DAY))
        meeting = InitialMeetingBooked(occurred_at=NOON, meets_at=NOON + 2 * DAY, channel=MeetingChannel.PHONE)
        platform.tell(person, person.referral, meeting)
        with platform.client("jobseeker", provider, person.id) as client:
            path = f"/participants/{person.id}/nudge-preferences/stop"
            client.post(path, json={"kind": "prepare_an_interview"}).raise_for_status()
    platform.decide(NOON)
    platform.deliver(NOON + DAY - timedelta(hours=1))
    return found


@pytest.fixture
def connection(platform: Platform) -> Iterator[psycopg.Connection]:
    """Connect as the application's role does."""
    with psycopg.connect(platform.addresses.databases["nudges"]) as connection:
        yield connection


@pytest.mark.parametrize("table", TABLES)
def test_a_provider_sees_its_own_rows_only(
    connection: psycopg.Connection, people: dict[UUID, Person], table: str
) -> None:
    connection.execute("select set_config('waymark.tenant', %s, true)", [str(NORTHWAY)])
    column = sql.Identifier("subject" if table == "stored_events" else "participant_id")
    query = sql.SQL("select distinct tenant, {} from {}").format(column, sql.Identifier(table))
    assert connection.execute(query).fetchall() == [(NORTHWAY, people[NORTHWAY].id)]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("table", TABLES)
def test_who_says_for_no_provider_that_he_asks_sees_nothing(connection: psycopg.Connection, table: str) -> None:
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    assert connection.execute(query).fetchone() == (0,)
