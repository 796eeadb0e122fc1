"""Routes of the messages between a person and their coach."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response
from pydantic import Field

from caseload.access import Deed
from caseload.commands import conversation as commands
from caseload.desk import ToCase
from caseload.forms import Asked, Words, example
from caseload.pages import MessagePage, message_page
from caseload.views.messages import MESSAGES, messages_of
from chassis.http import Accepted, AtLeast
from chassis.listen.reading import reading

MESSAGES_AT_ONCE = 100

conversation_router = APIRouter()


class NewMessage(Asked):
    """What one writes to the other."""

    model_config = example(text="The bakery rang: can we practise the interview on Thursday?")

    text: Words


class MessagesShown(Asked):
    """What one saw."""

    model_config = example(message_ids=["8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10"])

    message_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MESSAGES_AT_ONCE)]


@conversation_router.post("/cases/{case_id}/messages", status_code=201, response_model=Accepted)
async def send_message(to: ToCase, body: NewMessage) -> Response:
    """Write to the other one: the person to their coach, the coach to the person."""
    fields = {
        "occurred_at": to.now,
        "message_id": uuid4(),
        "by": to.by,
        "author_id": to.actor.id,
        "text": body.text,
    }
    return await to.answer(Deed.TAKE_PART, None, lambda session, case: commands.send(session, case, to.keyring, fields))


@conversation_router.get("/cases/{case_id}/messages")
async def read_messages(
    to: ToCase,
    at_least: AtLeast,
    before: Annotated[UUID | None, Query(description="Read on before this message.")] = None,
) -> MessagePage:
    """Return the messages of a case, the latest first."""
    case = await to.case(Deed.READ_SHARED)
    async with reading(to.desk.pool, case.tenant, MESSAGES, at_least) as connection:
        rows = await messages_of(connection, case.id, before, MESSAGES_AT_ONCE)
    further = rows[-1].message_id if len(rows) == MESSAGES_AT_ONCE else None
    return await message_page(to.keyring, rows, further)


@conversation_router.post("/cases/{case_id}/messages/{message_id}/read", response_model=Accepted)
async def mark_message_read(to: ToCase, message_id: UUID) -> Response:
    """Say that one opened a message of the other."""
    return await to.answer(
        Deed.TAKE_PART, None, lambda session, case: commands.read(session, case, [message_id], to.by, to.now)
    )


@conversation_router.post("/cases/{case_id}/messages/read", response_model=Accepted)
async def mark_messages_read(to: ToCase, body: MessagesShown) -> Response:
    """Say that one opened messages of the other, all of them or none."""
    return await to.answer(
        Deed.TAKE_PART, None, lambda session, case: commands.read(session, case, body.message_ids, to.by, to.now)
    )


@conversation_router.post("/cases/{case_id}/messages/{message_id}/withdraw", response_model=Accepted)
async def withdraw_message(to: ToCase, message_id: UUID) -> Response:
    """Take a message back that the other one has not read."""
    return await to.answer(
        Deed.TAKE_PART, None, lambda session, case: commands.withdraw(session, case, message_id, to.actor.id, to.now)
    )
