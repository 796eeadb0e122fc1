"""Routes that do the same in many cases at once, at most 200: each case answers for itself."""

from typing import Annotated, Final, Literal, Self
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from caseload.access import Deed
from caseload.commands import bulk as commands
from caseload.commands.bulk import Targets
from caseload.desk import Asks, provider_of
from caseload.forms import Asked, Words, example
from chassis.ask import Answer
from chassis.http import answered

MOST: Final = 200
CASE: Final = "0b7c2d1e-5a3f-4b6c-8d9e-1f2a3b4c5d6e"
COACH: Final = "8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10"
Cases = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST)]

bulk_router = APIRouter()


class BulkAssignment(Asked):
    """Who becomes responsible for which cases."""

    model_config = example(case_ids=[CASE], coach_id=COACH)

    case_ids: Cases
    coach_id: UUID


class Before(Asked):
    """Who was responsible for a case."""

    model_config = example(case_id=CASE, before=COACH)

    case_id: UUID
    before: UUID


class AssignmentUndone(Asked):
    """An assignment to take back: to whom it was, and who was responsible for each case, as its answer said."""

    model_config = example(coach_id=COACH, cases=[{"case_id": CASE, "before": COACH}])

    coach_id: UUID
    cases: Annotated[tuple[Before, ...], Field(min_length=1, max_length=MOST)]


class BulkMessage(Asked):
    """What is written to the people of which cases."""

    model_config = example(case_ids=[CASE], text="The job fair begins at 10 on Friday. Shall we meet there?")

    case_ids: Cases
    text: Words


class SentMessage(Asked):
    """A message that was sent."""

    model_config = example(case_id=CASE, message_id=COACH)

    case_id: UUID
    message_id: UUID


class MessagesWithdrawn(Asked):
    """Which messages to take back."""

    model_config = example(messages=[{"case_id": CASE, "message_id": COACH}])

    messages: Annotated[tuple[SentMessage, ...], Field(min_length=1, max_length=MOST)]


class CaseResult(BaseModel):
    """What became of one case."""

    case_id: UUID
    result: Literal["done", "already", "changed", "not_found", "not_permitted", "refused"]
    why: str | None = Field(None, description="Why it was refused.")
    before: UUID | None = Field(None, description="Who was responsible before it was assigned; null for nobody.")
    message_id: UUID | None = Field(None, description="The message that was sent.")


class BulkResult(BaseModel):
    """What became of each case, in the order in which they were asked."""

    cases: list[CaseResult]

    @classmethod
    def of(cls, answer: Answer, done: Literal["before", "message_id"] | None = None) -> Self:
        """Return what an answer says of each case; `done` is what is said of one with which it was done."""
        return cls(cases=[_result(case_id, outcome, done) for case_id, outcome in answer.ids.items()])


def _result(case_id: str, outcome: str, done: str | None) -> CaseResult:
    result, _, said = outcome.partition(":")
    name = done if result == commands.DONE else "why"
    return CaseResult.model_validate({"case_id": case_id, "result": result} | ({name: said} if name and said else {}))


@bulk_router.post("/cases/assign", response_model=BulkResult)
async def assign_cases(asking: Asks, body: BulkAssignment) -> Response:
    """Make a coach responsible for many cases."""
    provider_of(asking.actor, Deed.ASSIGN)
    targets = Targets(body.case_ids, asking.permit(Deed.ASSIGN))
    answer = await asking.execute(lambda session: commands.assign_many(session, targets, body.coach_id, asking.now))
    return answered(answer, BulkResult.of(answer, "before").model_dump(mode="json"))


@bulk_router.post("/cases/assign/undo", response_model=BulkResult)
async def undo_assignment(asking: Asks, body: AssignmentUndone) -> Response:
    """Give cases back to who was responsible before; one that was assigned to somebody else since stays with them."""
    provider_of(asking.actor, Deed.ASSIGN)
    before = {one.case_id: one.before for one in body.cases}
    targets = Targets(tuple(before), asking.permit(Deed.ASSIGN))
    answer = await asking.execute(
        lambda session: commands.assign_back(session, targets, body.coach_id, before, asking.now)
    )
    return answered(answer, BulkResult.of(answer).model_dump(mode="json"))


@bulk_router.post("/messages/bulk", response_model=BulkResult)
async def write_to_cases(asking: Asks, body: BulkMessage) -> Response:
    """Write the same to many people, to each in a message of its own."""
    provider_of(asking.actor)
    targets = Targets(body.case_ids, asking.permit(Deed.TAKE_PART))
    fields = {"occurred_at": asking.now, "by": asking.by, "author_id": asking.actor.id, "text": body.text}
    message_ids = {case_id: uuid4() for case_id in targets.case_ids}
    answer = await asking.execute(
        lambda session: commands.write_to_many(session, targets, asking.keyring, fields, message_ids)
    )
    return answered(answer, BulkResult.of(answer, "message_id").model_dump(mode="json"))


@bulk_router.post("/messages/bulk/withdraw", response_model=BulkResult)
async def withdraw_from_cases(asking: Asks, body: MessagesWithdrawn) -> Response:
    """Take messages back that nobody has read, as one did that went to many."""
    provider_of(asking.actor)
    message_ids = {one.case_id: one.message_id for one in body.messages}
    targets = Targets(tuple(message_ids), asking.permit(Deed.TAKE_PART))
    answer = await asking.execute(
        lambda session: commands.withdraw_many(session, targets, message_ids, asking.actor.id, asking.now)
    )
    return answered(answer, BulkResult.of(answer).model_dump(mode="json"))
