"""What a person and their coach are shown: every nudge with why it came, or why it did not, in words."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from chassis.keyring import Keyring
from events.nudges import DeliveryChannel, NudgeKind, ServiceMessageKind, SuppressionReason
from nudges.letters import HELD_OUT, SUPPRESSED, reminder_words, words_of
from nudges.occasion import Candidate, Reminder
from nudges.views.messages import ALL_KINDS, NudgeRow, ReminderRow, WishesRow

NudgeState = Literal["suppressed", "held_out", "decided", "sent", "seen", "answered", "dismissed"]
ReminderState = Literal["sent", "delayed", "dropped"]


class NudgeEntry(BaseModel):
    """A nudge, sent or not."""

    nudge_id: UUID
    kind: NudgeKind
    about_id: UUID = Field(description="The case, application or interview that it is about.")
    state: NudgeState
    title: str = Field(examples=["Ask what became of your application"])
    why: str = Field(examples=["You applied, or asked, on 3 March, and there is no answer yet."])
    ask: str = Field(description="What to do.")
    not_sent: str | None = Field(description="Why it was not sent, in words.")
    reason: SuppressionReason | None = None
    again_at: datetime | None = Field(description="When it is looked at again.")
    at: datetime = Field(description="When that became of it.")
    sent_at: datetime | None
    seen_at: datetime | None
    channel: DeliveryChannel | None


class ReminderEntry(BaseModel):
    """A reminder of a meeting or an interview. It is part of the service and no nudge."""

    message_id: UUID
    kind: ServiceMessageKind
    about_id: UUID
    state: ReminderState
    text: str = Field(examples=["You have a meeting with your coach tomorrow: Tuesday, 3 March, at 10:30 am."])
    day: date
    starts_at: datetime | None
    at: datetime
    channel: DeliveryChannel | None


class NudgesPage(BaseModel):
    """The inbox of a person, the latest first, with what was not sent and why."""

    nudges: list[NudgeEntry]
    reminders: list[ReminderEntry]
    email_bounced_at: datetime | None = Field(
        description="When the person's address last refused mail: ask for another."
    )


class PreferencesPage(BaseModel):
    """What a person wants of nudges."""

    all_stopped: bool
    stopped: list[NudgeKind]
    paused: bool
    paused_by_coach: bool
    pause_reason: str | None = Field(description="Null when none was given, or the person's data is erased.")
    paused_until: datetime | None
    email_bounced_at: datetime | None


def nudges_page(
    nudges: Sequence[NudgeRow], reminders: Sequence[ReminderRow], wishes: WishesRow | None, zone: ZoneInfo
) -> NudgesPage:
    """Return the inbox."""
    return NudgesPage(
        nudges=[_nudge(row, zone) for row in nudges],
        reminders=[_reminder(row, zone) for row in reminders],
        email_bounced_at=wishes.email_bounced_at if wishes else None,
    )


async def preferences_page(wishes: WishesRow | None, keyring: Keyring, now: datetime) -> PreferencesPage:
    """Return what a person wants, with the reason of a pause opened. A pause that is over is none."""
    if wishes is None:
        return _preferences([], None, None, None)
    over = wishes.paused_until is not None and wishes.paused_until <= now
    if not wishes.paused or over:
        return _preferences(wishes.stopped, None, None, wishes.email_bounced_at)
    (reason,) = await keyring.open_many([wishes.pause_reason])
    return _preferences(wishes.stopped, wishes, reason, wishes.email_bounced_at)


def _preferences(
    stopped: Sequence[str], pause: WishesRow | None, reason: str | None, bounced_at: datetime | None
) -> PreferencesPage:
    return PreferencesPage(
        all_stopped=ALL_KINDS in stopped,
        stopped=[kind for kind in NudgeKind if kind in stopped or ALL_KINDS in stopped],
        paused=pause is not None,
        paused_by_coach=pause is not None and pause.paused_by_coach,
        pause_reason=reason,
        paused_until=pause.paused_until if pause else None,
        email_bounced_at=bounced_at,
    )


def _nudge(row: NudgeRow, zone: ZoneInfo) -> NudgeEntry:
    words = words_of(Candidate(NudgeKind(row.kind), row.about_id, row.since), zone)
    not_sent = HELD_OUT if row.state == "held_out" else SUPPRESSED[row.reason] if row.reason else None
    return NudgeEntry.model_validate(
        {
            **vars(row),
            "title": words.title,
            "why": words.why,
            "ask": words.ask,
            "not_sent": not_sent,
        }
    )


def _reminder(row: ReminderRow, zone: ZoneInfo) -> ReminderEntry:
    reminder = Reminder(ServiceMessageKind(row.kind), row.about_id, row.day, row.starts_at)
    return ReminderEntry.model_validate({**vars(row), "text": reminder_words(reminder, zone)})
