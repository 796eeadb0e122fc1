"""What people read: in plain words, why it comes and how to stop it, and nothing of them but their first name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import time_of_day
from events.nudges import NudgeKind, ServiceMessageKind, SuppressionReason
from nudges.occasion import Candidate, Reminder


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person. `message_id` stays the same however often it is tried."""

    message_id: UUID
    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: its heading, why it comes, and what to do."""

    title: str
    why: str
    ask: str


NUDGES: Final = {
    NudgeKind.AGREE_AN_ACTION: Words(
        "Agree on a first step",
        "You started on {day}, and no step is agreed yet.",
        "Pick one small thing that you want to do, and when and where. Then send it to your coach, or ask for a talk.",
    ),
    NudgeKind.CHASE_AN_APPLICATION: Words(
        "Ask what became of your application",
        "You applied, or asked, on {day}, and there is no answer yet.",
        "It is normal to ask once, kindly. There is a text that you can use. If it went nowhere, you can mark it so.",
    ),
    NudgeKind.PREPARE_AN_INTERVIEW: Words(
        "Get ready for your interview",
        "You have an interview on {day}, and it is not marked as prepared.",
        "Half an hour is enough: read the advert again, choose two stories to tell, and look up the way.",
    ),
}
# In a mail no day is named: others may see it on a screen.
MAILED: Final = {
    NudgeKind.AGREE_AN_ACTION: "You started a while ago, and no step is agreed yet.",
    NudgeKind.CHASE_AN_APPLICATION: "Something that you sent two weeks ago has had no answer yet.",
    NudgeKind.PREPARE_AN_INTERVIEW: "Something that you have tomorrow is not marked as prepared.",
}
REMINDERS: Final = {
    ServiceMessageKind.APPOINTMENT_IN_A_WEEK: "You have a meeting with your coach in a week: {when}.",
    ServiceMessageKind.APPOINTMENT_TOMORROW: "You have a meeting with your coach tomorrow: {when}.",
    ServiceMessageKind.INTERVIEW_TOMORROW: "You have an interview tomorrow: {when}.",
}
SUPPRESSED: Final = {
    SuppressionReason.HUMAN_CONTACT: "Not sent, because somebody from the service was in touch with you just before.",
    SuppressionReason.QUIET_HOURS: "Not sent, because it was between eight in the evening and eight in the morning.",
    SuppressionReason.WEEKLY_CAP: "Not sent, because you had three already that week.",
    SuppressionReason.OPTED_OUT: "Not sent, because you do not want messages like this.",
    SuppressionReason.PAUSED_BY_COACH: "Not sent, because your coach paused these messages.",
    SuppressionReason.PAUSED_BY_PERSON: "Not sent, because you paused these messages.",
    SuppressionReason.CASE_PAUSED: "Not sent, because you have a break from the programme.",
    SuppressionReason.SETTLED: "Not sent, because it was settled in the meantime.",
    SuppressionReason.NOBODY_TO_ASK: "Not sent, because we do not know whom you could ask.",
    SuppressionReason.DECEASED: "Not sent.",
    SuppressionReason.ERASED: "Not sent, because your personal data was erased.",
}
HELD_OUT: Final = (
    "Not sent. A few people, chosen by lot, get no messages like this, so that we can learn whether they help. "
    "Nothing else about your support is different."
)
HOW_OFTEN: Final = (
    "We send at most three of these in a week, and none when somebody from the service has just been in touch with you."
)
SUBJECT: Final = "A reminder from your employment service"


def words_of(candidate: Candidate, zone: ZoneInfo) -> Words:
    """Return what a nudge says in the portal."""
    words = NUDGES[candidate.kind]
    return Words(words.title, words.why.format(day=_day(candidate.since, zone)), words.ask)


def reminder_words(reminder: Reminder, zone: ZoneInfo) -> str:
    """Return what a reminder says."""
    return REMINDERS[reminder.kind].format(when=_when(reminder, zone))


def first_name(name: str | None) -> str:
    """Return what somebody is called in a letter, nothing when their name is not known."""
    return next(iter((name or "").split()), "")


def nudge_letter(candidate: Candidate, name: str | None, to: str, portal: str) -> Letter:
    """Return the mail of a nudge."""
    words = NUDGES[candidate.kind]
    paragraphs = (
        MAILED[candidate.kind],
        f"{words.ask}{_sign_in(portal)}",
        f"Why you get this: {MAILED[candidate.kind]} {HOW_OFTEN}",
        f"You do not want messages like this? {_stop(portal)} Nobody will hold it against you.",
    )
    return _letter(candidate.nudge_id, name, to, paragraphs)


def reminder_letter(reminder: Reminder, name: str | None, to: str, portal: str, zone: ZoneInfo) -> Letter:
    """Return the mail of a reminder."""
    paragraphs = (
        reminder_words(reminder, zone),
        f"You cannot come? Tell us as soon as you can, and we find another time.{_sign_in(portal)}",
        "Why you get this: we remind everybody of what was agreed.",
    )
    return _letter(reminder.message_id, name, to, paragraphs)


def _letter(message_id: UUID, name: str | None, to: str, paragraphs: tuple[str, ...]) -> Letter:
    called = first_name(name)
    greeting = f"Hello {called}," if called else "Hello,"
    return Letter(message_id, to, SUBJECT, "\n\n".join((greeting, *paragraphs)) + "\n")


def _sign_in(portal: str) -> str:
    return f" Sign in here: {portal}" if portal else " Sign in to see more."


def _stop(portal: str) -> str:
    where = f"{portal}/me" if portal else "on your page under Me"
    return f"You can stop this kind, or all of them: {where}."


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B}"


def _when(reminder: Reminder, zone: ZoneInfo) -> str:
    day = f"{reminder.day:%A}, {reminder.day.day} {reminder.day:%B}"
    return f"{day}, at {time_of_day(reminder.starts_at.astimezone(zone))}" if reminder.starts_at else day
