"""What is asked of the messages of a case."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from caseload.case import person_of
from caseload.commands.target import CREATED, Target, Wording
from caseload.conversation import Conversation, NoSuchMessage
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import NotFoundError, Session
from events.caseload import ActionOwner, MessageSent, conversation_of


async def send(session: Session, target: Target, keyring: Keyring, fields: Mapping[str, Any]) -> Answer:
    """Write to the other one."""
    case = await target.load(session)
    whose = {"case_id": case.id, "participant_id": case.subject, "provider_id": case.tenant}
    sent = Wording(MessageSent, {**fields, **whose}).sealed(await keyring.sealer(person_of(case)))
    conversation = await _find(session, case.id)
    if conversation:
        conversation.send(sent)
    else:
        conversation = Conversation.open(conversation_of(case.id), sent)
    return await session.save(conversation, status=CREATED, ids={"message": str(sent.message_id)})


async def read(session: Session, target: Target, message_ids: Iterable[UUID], by: ActionOwner, now: datetime) -> Answer:
    """Note that the other one opened messages."""
    conversation = await _existing(session, target)
    for message_id in message_ids:
        conversation.read(message_id, by, now)
    return await session.save(conversation)


async def withdraw(session: Session, target: Target, message_id: UUID, author_id: UUID, now: datetime) -> Answer:
    """Take a message back before it was read."""
    conversation = await _existing(session, target)
    conversation.withdraw(message_id, author_id, now)
    return await session.save(conversation)


async def _existing(session: Session, target: Target) -> Conversation:
    case = await target.load(session)
    conversation = await _find(session, case.id)
    if conversation is None:
        raise NoSuchMessage(str(NoSuchMessage.__doc__))
    return conversation


async def _find(session: Session, case_id: UUID) -> Conversation | None:
    try:
        return await session.load(Conversation, conversation_of(case_id))
    except NotFoundError:
        return None
