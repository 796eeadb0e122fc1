"""What changed since a coach last looked: what others did, once, in sentences, and no more than can be read."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from caseload.moment import Now
from caseload.news import MOST, NEWS, Learned, changes_of, since_when
from caseload.sentences import WORDINGS
from caseload.views.timeline import fold_timeline
from events.caseload import ActionOwner, MessageSent, MessageWithdrawn, StandardPromised
from tests.caseload.running import Person, asked, read_after
from tests.caseload.telling import ADA, PROVIDER, Journey, opened, sealed

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = Now(NOON + timedelta(hours=1), LONDON)


def message(number: int) -> MessageSent:
    text, whose = sealed(MessageSent, "text"), {"participant_id": ADA, "provider_id": PROVIDER, "case_id": ADA}
    id_ = ADA if number == 0 else Journey().case
    return MessageSent(occurred_at=NOON, message_id=id_, by=ActionOwner.PARTICIPANT, author_id=ADA, text=text, **whose)


def told(journey: Journey, last: int) -> Sequence[str]:
    """Return the sentences of the last facts of a journey."""
    rows = [fold_timeline(None, one) for one in reversed(journey.told[-last:])]
    return [change.sentence for change in changes_of(Learned(NOON, rows), {}, LATER).entries]


def test_what_was_taken_back_is_no_news() -> None:
    journey = opened(NOON).tell(message(0), message(1), MessageWithdrawn(occurred_at=NOON, message_id=ADA))
    assert told(journey, 3) == ["The person wrote a message."]


def test_a_clock_that_begins_to_run_is_no_news() -> None:
    assert StandardPromised not in NEWS
    assert set(NEWS) <= WORDINGS.keys()


def test_more_than_can_be_read_is_left_out_and_that_is_said() -> None:
    journey = opened(NOON).tell(*(message(number) for number in range(MOST + 5)))
    rows = [fold_timeline(None, one) for one in journey.told[-MOST - 1 :]]
    changes = changes_of(Learned(NOON, rows), {ADA: "Ada"}, LATER)
    assert (len(changes.entries), changes.more, changes.entries[0].name) == (MOST, True, "Ada")


@pytest.mark.parametrize(
    ("asked", "since"),
    [(None, -timedelta(days=1)), (NOON, timedelta()), (NOON - timedelta(days=99), -timedelta(days=14))],
)
def test_a_visit_long_ago_is_not_gone_back_to(asked: datetime | None, since: timedelta) -> None:
    assert since_when(asked, NOON) == NOON + since


def test_the_next_visit_asks_from_a_little_before_this_one() -> None:
    changes = changes_of(Learned(NOON, []), {}, LATER)
    assert (changes.since, changes.until) == (NOON, LATER.moment - timedelta(seconds=10))


def test_a_coach_sees_what_the_person_did_since_and_nothing_of_their_own(
    coach: httpx.Client, themselves: httpx.Client, case: str, ada: Person
) -> None:
    asked(coach, f"{case}/messages", {"text": "How did it go?"})
    wrote = asked(themselves, f"{case}/messages", {"text": "Well!"})
    page = read_after(wrote, coach, "/today").json()
    first = page["changes"]["entries"][0]
    assert (first["sentence"], first["name"]) == ("The person wrote a message.", "Ada Lovelace")
    assert first["participant_id"] == str(ada.id)
    assert "The coach wrote a message." not in str(page["changes"])
    later = coach.get("/today", params={"since": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}).json()
    assert later["changes"]["entries"] == []
