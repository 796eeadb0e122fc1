"""What was decided and sent to people, as they and their coach read it, and what they want: our own facts, folded."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.nudges import (
    DeliveryChannel,
    EmailBounced,
    NudgeAnswered,
    NudgeDecided,
    NudgeDelayed,
    NudgeDeliveryFailed,
    NudgeDismissed,
    NudgeHeldOut,
    NudgeKind,
    NudgeKindResumed,
    NudgeKindStopped,
    NudgeSeen,
    NudgeSent,
    NudgesPaused,
    NudgesResumed,
    NudgeSuppressed,
    ServiceMessageDelayed,
    ServiceMessageDropped,
    ServiceMessageKind,
    ServiceMessageSent,
    SuppressionReason,
)
from events.sealed import Sealed

NUDGE_FACTS: Final = (
    NudgeSuppressed,
    NudgeHeldOut,
    NudgeDecided,
    NudgeSent,
    NudgeDelayed,
    NudgeDeliveryFailed,
    NudgeSeen,
    NudgeAnswered,
    NudgeDismissed,
)
REMINDER_FACTS: Final = (ServiceMessageSent, ServiceMessageDelayed, ServiceMessageDropped)
WISH_FACTS: Final = (NudgeKindStopped, NudgeKindResumed, NudgesPaused, NudgesResumed, EmailBounced)
ALL_KINDS: Final = "all"


@dataclass
class NudgeRow:
    """A nudge and the last thing that became of it.

    `again_at` is when it is looked at again, `deliver_at` when it is to be sent.
    """

    nudge_id: UUID
    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    kind: NudgeKind
    about_id: UUID
    since: datetime
    state: str
    at: datetime
    reason: SuppressionReason | None = None
    again_at: datetime | None = None
    deliver_at: datetime | None = None
    channel: DeliveryChannel | None = None
    sent_at: datetime | None = None
    seen_at: datetime | None = None
    email_failed: bool = False


@dataclass
class ReminderRow:
    """A message of the service itself. `again_at` is when its delivery is tried again."""

    message_id: UUID
    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    kind: ServiceMessageKind
    about_id: UUID
    day: date
    starts_at: datetime | None
    state: str
    at: datetime
    channel: DeliveryChannel | None = None
    again_at: datetime | None = None


@dataclass
class WishesRow:
    """What a person wants, and whether their address takes mail. `stopped` has kinds, or `all`."""

    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    stopped: tuple[str, ...] = ()
    paused: bool = False
    paused_by_coach: bool = False
    pause_reason: Sealed | None = None
    paused_until: datetime | None = None
    email_bounced_at: datetime | None = None


def nudge_touched(told: Told) -> UUID | None:
    """Return the nudge that a fact is about."""
    return told.fact.nudge_id if isinstance(told.fact, NUDGE_FACTS) else None


def fold_nudge(row: NudgeRow | None, told: Told) -> NudgeRow:
    """Take a fact into its nudge.

    Raises LookupError for a nudge that nobody decided.
    """
    fact = told.fact
    if isinstance(fact, NudgeSuppressed | NudgeHeldOut | NudgeDecided):
        return _decided(told, fact)
    if row is None:
        message = "something became of a nudge that nobody decided"
        raise LookupError(message)
    match fact:
        case NudgeSent(channel=channel, occurred_at=at):
            row.state, row.at, row.channel, row.sent_at, row.deliver_at = "sent", at, channel, at, None
        case NudgeDelayed(again_at=again_at):
            row.deliver_at = again_at
        case NudgeDeliveryFailed():
            row.email_failed = True
        case NudgeSeen(occurred_at=at):
            row.state, row.at, row.seen_at = "seen", at, at
        case NudgeAnswered(occurred_at=at):
            row.state, row.at = "answered", at
        case NudgeDismissed(occurred_at=at):
            row.state, row.at = "dismissed", at
    return row


def _decided(told: Told, fact: NudgeSuppressed | NudgeHeldOut | NudgeDecided) -> NudgeRow:
    row = NudgeRow(
        fact.nudge_id,
        told.aggregate_id,
        told.subject,
        told.tenant,
        fact.kind,
        fact.about_id,
        fact.since,
        "held_out",
        fact.occurred_at,
    )
    match fact:
        case NudgeSuppressed():
            row.state, row.reason, row.again_at = "suppressed", fact.reason, fact.again_at
        case NudgeDecided():
            row.state, row.channel, row.deliver_at = "decided", fact.channel, fact.occurred_at
    return row


def reminder_touched(told: Told) -> UUID | None:
    """Return the reminder that a fact is about."""
    return told.fact.message_id if isinstance(told.fact, REMINDER_FACTS) else None


def fold_reminder(_row: ReminderRow | None, told: Told) -> ReminderRow:
    """Take a fact into its reminder: each tells all of it."""
    fact = told.fact
    assert isinstance(fact, ServiceMessageSent | ServiceMessageDelayed | ServiceMessageDropped)
    row = ReminderRow(
        fact.message_id,
        told.aggregate_id,
        told.subject,
        told.tenant,
        fact.kind,
        fact.about_id,
        fact.day,
        fact.starts_at,
        "dropped",
        fact.occurred_at,
    )
    match fact:
        case ServiceMessageSent(channel=channel):
            row.state, row.channel = "sent", channel
        case ServiceMessageDelayed(again_at=again_at):
            row.state, row.again_at = "delayed", again_at
    return row


def wishes_touched(told: Told) -> UUID | None:
    """Return the person who wants something, or whose address bounced."""
    return told.aggregate_id if isinstance(told.fact, WISH_FACTS) else None


def fold_wishes(row: WishesRow | None, told: Told) -> WishesRow:
    """Take a fact into what a person wants."""
    row = row or WishesRow(told.aggregate_id, told.subject, told.tenant)
    match told.fact:
        case NudgeKindStopped(kind=kind):
            row.stopped = tuple(sorted({*row.stopped, kind or ALL_KINDS}))
        case NudgeKindResumed(kind=None):
            row.stopped = ()
        case NudgeKindResumed(kind=kind):
            row.stopped = tuple(stopped for stopped in row.stopped if stopped != kind)
        case NudgesPaused() as pause:
            row.paused, row.paused_by_coach = True, pause.by_coach
            row.pause_reason, row.paused_until = pause.reason, pause.until
        case NudgesResumed():
            row.paused, row.paused_by_coach, row.pause_reason, row.paused_until = False, False, None, None
        case EmailBounced(occurred_at=at):
            row.email_bounced_at = at
    return row


MESSAGES: Final = View(
    name="messages",
    facts=(*NUDGE_FACTS, *REMINDER_FACTS, *WISH_FACTS),
    tables=(
        Table(
            "nudge",
            NudgeRow,
            nudge_touched,
            fold_nudge,
            indexes=(
                "person_id, at",
                "using btree (again_at) where again_at is not null",
                "using btree (deliver_at) where deliver_at is not null",
            ),
        ),
        Table(
            "service_message",
            ReminderRow,
            reminder_touched,
            fold_reminder,
            indexes=("person_id, at", "using btree (again_at) where again_at is not null"),
        ),
        Table("nudge_wishes", WishesRow, wishes_touched, fold_wishes),
    ),
)


async def nudges_sent_to(connection: Connection, person: UUID, limit: int) -> list[NudgeRow]:
    """Return what was decided about nudges of a person, the latest first."""
    query = "select * from nudge where person_id = %s order by at desc, nudge_id limit %s"
    async with connection.cursor(row_factory=class_row(NudgeRow)) as cursor:
        return await (await cursor.execute(query, [person, limit])).fetchall()


async def reminders_sent_to(connection: Connection, person: UUID, limit: int) -> list[ReminderRow]:
    """Return the reminders of a person, the latest first."""
    query = "select * from service_message where person_id = %s order by at desc, message_id limit %s"
    async with connection.cursor(row_factory=class_row(ReminderRow)) as cursor:
        return await (await cursor.execute(query, [person, limit])).fetchall()


async def find_nudge(connection: Connection, nudge: UUID) -> NudgeRow | None:
    """Return one nudge, None where there is none."""
    async with connection.cursor(row_factory=class_row(NudgeRow)) as cursor:
        return await (await cursor.execute("select * from nudge where nudge_id = %s", [nudge])).fetchone()


async def find_reminder(connection: Connection, message: UUID) -> ReminderRow | None:
    """Return one reminder, None where there is none."""
    query = "select * from service_message where message_id = %s"
    async with connection.cursor(row_factory=class_row(ReminderRow)) as cursor:
        return await (await cursor.execute(query, [message])).fetchone()


async def wishes_of(connection: Connection, person: UUID) -> WishesRow | None:
    """Return what a person wants, None when they never said."""
    async with connection.cursor(row_factory=class_row(WishesRow)) as cursor:
        return await (await cursor.execute("select * from nudge_wishes where person_id = %s", [person])).fetchone()
