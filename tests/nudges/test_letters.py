"""What people read is plain, says why and how to stop, and gives nothing away to who looks over their shoulder."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from events.nudges import NudgeKind, ServiceMessageKind, SuppressionReason
from nudges.letters import HELD_OUT, SUPPRESSED, first_name, nudge_letter, reminder_letter, words_of
from nudges.occasion import Candidate, Reminder

LONDON = ZoneInfo("Europe/London")
ABOUT = UUID(int=7)
SINCE = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
TELLING = ("interview", "application", "job", "apply", "applied", "July")


def candidate(kind: NudgeKind) -> Candidate:
    return Candidate(kind, ABOUT, SINCE)


@pytest.mark.parametrize("kind", NudgeKind)
def test_every_nudge_says_when_it_began_where_the_person_lives(kind: NudgeKind) -> None:
    assert "2 July" in words_of(candidate(kind), LONDON).why


@pytest.mark.parametrize("kind", NudgeKind)
def test_why_a_mail_comes_gives_nothing_away(kind: NudgeKind) -> None:
    mail = nudge_letter(candidate(kind), "Ada Lovelace", "ada@example.org", "")
    _, why, *_ = mail.body.split("\n\n")
    assert not any(word in f"{mail.subject} {why}" for word in TELLING)


@pytest.mark.parametrize("kind", NudgeKind)
@pytest.mark.parametrize("portal", ["", "https://portal.example"])
def test_every_mail_of_a_nudge_says_how_to_stop_it(kind: NudgeKind, portal: str) -> None:
    mail = nudge_letter(candidate(kind), "Ada Lovelace", "ada@example.org", portal)
    assert "You can stop this kind, or all of them" in mail.body
    assert portal in mail.body
    assert mail.message_id == candidate(kind).nudge_id


@pytest.mark.parametrize(
    ("name", "called"), [("Ada Lovelace", "Ada"), ("Madonna", "Madonna"), ("  ", ""), (None, ""), ("李 小龙", "李")]
)
def test_people_are_called_by_their_first_name_when_it_is_known(name: str | None, called: str) -> None:
    assert first_name(name) == called
    body = nudge_letter(candidate(NudgeKind.AGREE_AN_ACTION), name, "ada@example.org", "").body
    assert body.startswith(f"Hello {called}," if called else "Hello,\n")


@pytest.mark.parametrize("reason", SuppressionReason)
def test_every_reason_can_be_said_in_words(reason: SuppressionReason) -> None:
    assert SUPPRESSED[reason].startswith("Not sent")
    assert HELD_OUT.startswith("Not sent")


@pytest.mark.parametrize(
    ("starts_at", "when"),
    [(datetime(2026, 7, 3, 9, 30, tzinfo=UTC), "Friday, 3 July, at 10:30 am."), (None, "Friday, 3 July.")],
)
def test_a_reminder_says_when_by_the_clock_where_the_person_lives(starts_at: datetime | None, when: str) -> None:
    reminder = Reminder(ServiceMessageKind.APPOINTMENT_TOMORROW, ABOUT, date(2026, 7, 3), starts_at)
    assert when in reminder_letter(reminder, "Ada", "ada@example.org", "", LONDON).body
