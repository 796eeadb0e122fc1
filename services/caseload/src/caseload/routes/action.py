"""Routes that change the actions and the plan of a case."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import Field

from caseload.access import Deed
from caseload.commands import action as commands
from caseload.commands.target import Wording
from caseload.desk import ToCase
from caseload.forms import Asked, Day, Moment, TakenBack, Words, example
from chassis.http import Accepted, ExpectedVersion
from events.caseload import ActionAgreed, ActionOwner, ActionSuggested, PlanDrafted
from events.published import Code

action_router = APIRouter()


class Suggestion(Asked):
    """A step that one of the two proposes: what, where, how and by when."""

    model_config = example(owner="participant", what="Send the CV to three bakeries", due="2030-03-08")

    owner: ActionOwner
    what: Words
    where: Words | None = None
    how: Words | None = None
    due: Day = Field(description="The last day on which it is not late.")


class NewAction(Suggestion):
    """What coach and person agree on; a `course` does the action when it is completed."""

    model_config = example(owner="participant", what="Send the CV to three bakeries", where="library", due="2030-03-08")

    course: Code | None = None


class Agreement(Asked):
    """Until when a suggested action is agreed, when not as it was suggested."""

    model_config = example(due="2030-03-08")

    due: Day | None = None


class DueDate(Asked):
    """The last day on which an action is not late."""

    model_config = example(due="2030-03-08")

    due: Day


class NewPlan(Asked):
    """What the plan is for; its actions are those of the case."""

    model_config = example(goal="Work in a bakery by the summer, within reach by bus.")

    goal: Words


class Signature(Asked):
    """Who signs which plan: as who asks, and the one that holds, unless said otherwise. A coach may sign for both."""

    model_config = example(by="participant", occurred_at="2026-03-02T09:30:00Z")

    by: ActionOwner | None = None
    plan_id: UUID | None = None
    occurred_at: Moment | None = Field(None, description="When it was signed, if earlier, as on paper.")


class Review(Asked):
    """What coach and person noted when they went through the plan, now or earlier."""

    model_config = example(note="Two of three steps done; interviews are next.")

    note: Words | None = None
    occurred_at: Moment | None = None


@action_router.post("/cases/{case_id}/suggestions", status_code=201, response_model=Accepted)
async def suggest_action(to: ToCase, body: Suggestion) -> Response:
    """Propose a step, which the other one then agrees to. It contradicts nothing, so no version has to be sent."""
    fields = {"occurred_at": to.now, "action_id": uuid4(), "by": to.by, **body.model_dump()}
    suggested = Wording(ActionSuggested, fields)
    return await to.answer(
        Deed.TAKE_PART,
        None,
        lambda session, case: commands.suggest_action(session, case, to.keyring, suggested, to.today),
    )


@action_router.post("/cases/{case_id}/actions", status_code=201, response_model=Accepted)
async def agree_action(to: ToCase, expected: ExpectedVersion, body: NewAction) -> Response:
    """Note an action that coach and person agreed on now."""
    agreed = Wording(ActionAgreed, {"occurred_at": to.now, "action_id": uuid4(), **body.model_dump()})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.agree_action(session, case, to.keyring, agreed, to.today)
    )


@action_router.post("/cases/{case_id}/actions/{action_id}/agree", response_model=Accepted)
async def agree_to_suggestion(to: ToCase, expected: ExpectedVersion, action_id: UUID, body: Agreement) -> Response:
    """Agree to an action that the other one suggested; a coach may note that the person agreed."""
    return await to.answer(
        Deed.TAKE_PART,
        expected,
        lambda session, case: commands.agree_to_suggestion(
            session, case, to.keyring, action_id, to.by, body.due, to.today, to.now
        ),
    )


@action_router.post("/cases/{case_id}/actions/{action_id}/begin", response_model=Accepted)
async def begin_action(to: ToCase, expected: ExpectedVersion, action_id: UUID) -> Response:
    """Say that work on an action is in progress."""
    return await _step(to, expected, action_id, commands.BEGIN)


@action_router.post("/cases/{case_id}/actions/{action_id}/standby", response_model=Accepted)
async def put_action_on_standby(to: ToCase, expected: ExpectedVersion, action_id: UUID) -> Response:
    """Let an action rest."""
    return await _step(to, expected, action_id, commands.STAND_BY)


@action_router.post("/cases/{case_id}/actions/{action_id}/resume", response_model=Accepted)
async def resume_action(to: ToCase, expected: ExpectedVersion, action_id: UUID) -> Response:
    """Go on with an action that rested."""
    return await _step(to, expected, action_id, commands.RESUME)


@action_router.post("/cases/{case_id}/actions/{action_id}/done", response_model=Accepted)
async def finish_action(to: ToCase, expected: ExpectedVersion, action_id: UUID) -> Response:
    """Mark an action as done."""
    return await _step(to, expected, action_id, commands.FINISH)


@action_router.post("/cases/{case_id}/actions/{action_id}/cancel", response_model=Accepted)
async def cancel_action(to: ToCase, expected: ExpectedVersion, action_id: UUID) -> Response:
    """Take an action back that nobody wants any more; a person takes back or declines what is only suggested."""
    return await _step(to, expected, action_id, commands.CANCEL)


@action_router.post("/cases/{case_id}/actions/{action_id}/take-back", response_model=Accepted)
async def take_action_step_back(to: ToCase, action_id: UUID, body: TakenBack) -> Response:
    """Take back what was noted of an action last, as when a button was pressed by mistake."""
    return await to.answer(
        Deed.TAKE_PART,
        None,
        lambda session, case: commands.take_step_back(session, case, action_id, body.version, to.by, to.now),
    )


@action_router.post("/cases/{case_id}/actions/{action_id}/due", response_model=Accepted)
async def move_due_date(to: ToCase, expected: ExpectedVersion, action_id: UUID, body: DueDate) -> Response:
    """Give an agreed action another due date: all that may change once both agreed."""
    return await to.answer(
        Deed.WORK,
        expected,
        lambda session, case: commands.move_due(session, case, action_id, body.due, to.today, to.now),
    )


@action_router.post("/cases/{case_id}/plan", status_code=201, response_model=Accepted)
async def draft_plan(to: ToCase, expected: ExpectedVersion, body: NewPlan) -> Response:
    """Write a plan down for both to read and sign; an older one is superseded."""
    drafted = Wording(PlanDrafted, {"occurred_at": to.now, "plan_id": uuid4(), "goal": body.goal})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.draft_plan(session, case, to.keyring, drafted)
    )


@action_router.post("/cases/{case_id}/plan/sign", response_model=Accepted)
async def sign_plan(to: ToCase, expected: ExpectedVersion, body: Signature) -> Response:
    """Sign the plan; with both signatures it is agreed. A person signs for nobody else."""
    signed_at, by = to.earlier(body.occurred_at), to.speaking_for(body.by)
    return await to.answer(
        Deed.TAKE_PART,
        expected,
        lambda session, case: commands.sign_plan(session, case, to.desk.terms, body.plan_id, by, signed_at),
    )


@action_router.post("/cases/{case_id}/plan/review", status_code=201, response_model=Accepted)
async def review_plan(to: ToCase, expected: ExpectedVersion, body: Review) -> Response:
    """Note that coach and person went through the plan together."""
    reviewed_at = to.earlier(body.occurred_at)
    return await to.answer(
        Deed.WORK,
        expected,
        lambda session, case: commands.review_plan(session, case, to.keyring, to.desk.terms, reviewed_at, body.note),
    )


@action_router.post("/cases/{case_id}/plan/review/take-back", response_model=Accepted)
async def take_plan_review_back(to: ToCase, body: TakenBack) -> Response:
    """Take back that coach and person went through the plan: the review is due as before."""
    return await to.answer(
        Deed.WORK, None, lambda session, case: commands.take_review_back(session, case, body.version, to.now)
    )


async def _step(to: ToCase, expected: int, action_id: UUID, step: commands.Step) -> Response:
    return await to.answer(
        Deed.TAKE_PART,
        expected,
        lambda session, case: commands.take_step(session, case, step, action_id, to.by, to.now),
    )
