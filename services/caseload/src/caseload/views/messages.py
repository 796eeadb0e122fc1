"""Messages between a person and their coach: one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import MessageRead, MessageSent, MessageWithdrawn
from events.sealed import Sealed


@dataclass
class MessageRow:
    """A message; its words are gone once it is withdrawn."""

    message_id: UUID
    case_id: UUID
    tenant: UUID | None
    by: str
    author_id: UUID
    text: Sealed | None
    sent_at: datetime
    read_at: datetime | None = None
    withdrawn_at: datetime | None = None


def message_touched(told: Told) -> UUID:
    """Return the message that a fact is about."""
    fact = told.fact
    assert isinstance(fact, MessageSent | MessageRead | MessageWithdrawn)
    return fact.message_id


def fold_message(row: MessageRow | None, told: Told) -> MessageRow:
    """Take a fact into its message.

    Raises LookupError for a message that nobody sent.
    """
    match told.fact:
        case MessageSent() as fact:
            return MessageRow(
                fact.message_id, fact.case_id, told.tenant, fact.by, fact.author_id, fact.text, fact.occurred_at
            )
        case MessageRead(occurred_at=at) if row:
            row.read_at = at
        case MessageWithdrawn(occurred_at=at) if row:
            row.withdrawn_at, row.text = at, None
    if row is None:
        message = "something became of a message before it was sent"
        raise LookupError(message)
    return row


MESSAGES: Final = View(
    name="messages",
    facts=(MessageSent, MessageRead, MessageWithdrawn),
    tables=(Table("message", MessageRow, message_touched, fold_message, indexes=("case_id, sent_at",)),),
)
OF_CASE: Final = """
select * from message where case_id = %(case)s and (%(before)s::uuid is null
    or (sent_at, message_id) < (select sent_at, message_id from message where message_id = %(before)s))
order by sent_at desc, message_id desc limit %(limit)s
"""


async def messages_of(connection: Connection, case_id: UUID, before: UUID | None, limit: int) -> Sequence[MessageRow]:
    """Return messages of a case, the latest first, from before the message `before`."""
    async with connection.cursor(row_factory=class_row(MessageRow)) as cursor:
        arguments = {"case": case_id, "before": before, "limit": limit}
        return await (await cursor.execute(OF_CASE, arguments)).fetchall()
