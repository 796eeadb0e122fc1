"""A nudge by mail: what is in it, that it is sent once, and what becomes of it when no server takes it."""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.smtp import Envelope

from chassis.ask import Ask
from chassis.database import ALL_TENANTS, open_pool
from chassis.store import Store
from chassis.timers import Ticker
from events.caseload import ContactNeed, NeedsAssessed
from events.jobsearch import ApplicationSent
from events.nudges import DeliveryChannel
from nudges import commands
from nudges.carriers import Message
from nudges.decision import Rules
from nudges.delivery import Delivery
from nudges.occasion import Outcome
from nudges.occasion import Person as Nudged
from nudges.policies import delivery_timers
from nudges.watch import Watch
from tests.nudges.conftest import Postman
from tests.nudges.running import DAY, LONDON, NOBODY, NOON, Person, Platform

NORTHWAY = uuid4()


def address() -> str:
    """Name an address that no other test writes to."""
    return f"{uuid4().hex}@example.org"


@pytest.fixture
def ada(platform: Platform) -> Person:
    """Take Ada on, and decide that she is nudged to ask what became of an application."""
    person = Person(NORTHWAY, email=address())
    platform.take_on(person)
    platform.tell(person, uuid4(), ApplicationSent(occurred_at=NOON - 14 * DAY))
    platform.decide(NOON)
    return person


def read(mail: Envelope) -> EmailMessage:
    assert isinstance(mail.content, bytes)
    message = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def to(postman: Postman, person: Person) -> list[EmailMessage]:
    """Return the mails that reached a person's address."""
    return [read(mail) for mail in postman.mails if mail.rcpt_tos == [person.email]]


def nudge_of(platform: Platform, person: Person) -> Any:
    (nudge,) = platform.inbox(person)["nudges"]
    return nudge


def test_a_mail_says_why_it_comes_how_to_stop_it_and_no_more_than_the_first_name(
    platform: Platform, ada: Person, postman: Postman
) -> None:
    platform.deliver(NOON, postman.port)
    (mail,), nudge = to(postman, ada), nudge_of(platform, ada)
    text = " ".join(mail.get_content().split())
    assert text.startswith("Hello Ada, Something that you sent two weeks ago has had no answer yet.")
    assert "Why you get this: " in text
    assert "You can stop this kind, or all of them: https://portal.example/me." in text
    assert "Lovelace" not in text
    assert re.search(r"\d{1,2} (January|February|March)", text) is None
    assert mail["Message-ID"] == f"<{nudge['nudge_id']}@waymark.example>"
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe"]) == (
        "auto-generated",
        "<https://portal.example/me>",
    )
    assert (nudge["state"], nudge["channel"]) == ("sent", "email")


def test_a_mail_that_was_sent_is_not_sent_again(platform: Platform, ada: Person, postman: Postman) -> None:
    platform.deliver(NOON, postman.port)
    platform.deliver(NOON + DAY, postman.port)
    assert len(to(postman, ada)) == 1


def test_a_server_that_is_away_is_tried_again_later(platform: Platform, ada: Person, postman: Postman) -> None:
    postman.answers[str(ada.email)] = "451 Try again later"
    platform.deliver(NOON, postman.port)
    assert nudge_of(platform, ada)["state"] == "decided"
    postman.answers.clear()
    platform.deliver(NOON + timedelta(seconds=59), postman.port)
    assert to(postman, ada) == []
    platform.deliver(NOON + timedelta(seconds=60), postman.port)
    assert len(to(postman, ada)) == 1
    assert nudge_of(platform, ada)["state"] == "sent"


def test_a_server_that_is_away_for_hours_leaves_it_to_the_inbox(
    platform: Platform, ada: Person, postman: Postman
) -> None:
    postman.answers[str(ada.email)] = "451 Try again later"
    for minutes in (0, 1, 6, 21, 81, 261):
        platform.deliver(NOON + timedelta(minutes=minutes), postman.port)
    nudge = nudge_of(platform, ada)
    assert (nudge["state"], nudge["channel"]) == ("sent", "inbox")
    assert platform.inbox(ada)["email_bounced_at"] is None


def test_an_address_that_takes_no_mail_is_a_fact_that_the_coach_sees(
    platform: Platform, ada: Person, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    postman.answers[str(ada.email)] = "550 No such user here"
    platform.deliver(NOON, postman.port)
    with platform.client("coach", NORTHWAY, ada.coach) as coach:
        page = coach.get(f"/participants/{ada.id}/nudges").json()
    assert page["email_bounced_at"] is not None
    assert (page["nudges"][0]["state"], page["nudges"][0]["channel"]) == ("sent", "inbox")
    assert str(ada.email) not in caplog.text


def test_an_address_that_bounced_is_not_written_to_again(platform: Platform, ada: Person, postman: Postman) -> None:
    postman.answers[str(ada.email)] = "550 No such user here"
    platform.deliver(NOON, postman.port)
    postman.answers.clear()
    platform.tell(ada, uuid4(), ApplicationSent(occurred_at=NOON - 13 * DAY))
    platform.decide(NOON + DAY)
    platform.deliver(NOON + DAY, postman.port)
    assert to(postman, ada) == []
    assert [nudge["channel"] for nudge in platform.inbox(ada)["nudges"]] == ["inbox", "inbox"]


def test_a_mail_that_is_refused_for_what_it_says_is_no_bounce(
    platform: Platform, ada: Person, postman: Postman
) -> None:
    postman.on_data = "554 Looks like spam"
    platform.deliver(NOON, postman.port)
    assert nudge_of(platform, ada)["channel"] == "inbox"
    assert platform.inbox(ada)["email_bounced_at"] is None


def test_who_is_to_be_called_only_gets_no_mail(platform: Platform, ada: Person, postman: Postman) -> None:
    needs = NeedsAssessed(occurred_at=NOON, barriers=(), contact_needs=(ContactNeed.CALL_ONLY,))
    platform.tell(ada, ada.case, needs)
    platform.deliver(NOON, postman.port)
    assert to(postman, ada) == []
    assert nudge_of(platform, ada)["channel"] == "inbox"


class Interrupted:
    """A carrier during whose work somebody else changes what the person wants."""

    channel = DeliveryChannel.EMAIL

    def __init__(self, store: Store, person: Person) -> None:
        """Count from nothing."""
        self.store, self.person, self.carried = store, person, 0

    async def carry(self, _message: Message) -> Outcome:
        """Take a message while the person pauses and goes on."""
        self.carried += 1
        ask = Ask(f"jobseeker:{self.person.id}", uuid4().hex, tenant=self.person.provider)
        person = Nudged(self.person.id, self.person.provider)
        await self.store.execute(ask, lambda session: commands.stop(session, person, None, NOON))
        return Outcome.CARRIED


def test_a_mail_is_handed_over_once_when_somebody_else_writes_meanwhile(platform: Platform, ada: Person) -> None:
    async def deliver(database: str) -> int:
        async with open_pool(database) as views, open_pool(database, scope=ALL_TENANTS) as pool:
            store = Store(views, "nudges", lambda: NOON)
            carrier = Interrupted(store, ada)
            delivery = Delivery(Watch(views, Rules(LONDON), NOBODY, store.clock, by_mail=True), carrier)
            timer = next(timer for timer in delivery_timers(delivery) if timer.name == "nudge_sent")
            while not await Ticker(pool, [timer], store).tick(timer):
                assert carrier.carried == 0
            return carrier.carried

    assert asyncio.run(deliver(platform.addresses.databases["nudges"])) == 1
    assert platform.eventually(ada, lambda page: page["nudges"][0]["state"] == "sent")


def test_an_id_of_a_message_stays_the_same_however_often_it_is_tried(
    platform: Platform, ada: Person, postman: Postman
) -> None:
    nudge = UUID(nudge_of(platform, ada)["nudge_id"])
    postman.answers[str(ada.email)] = "451 Try again later"
    platform.deliver(NOON, postman.port)
    postman.answers.clear()
    platform.deliver(NOON + timedelta(minutes=1), postman.port)
    (mail,) = to(postman, ada)
    assert mail["Message-ID"] == f"<{nudge}@waymark.example>"
