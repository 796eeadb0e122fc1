"""What is asked of the actions and the plan of a case."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from caseload.case import Case, person_of
from caseload.commands.target import CREATED, Target, Wording, decide, decide_in_words
from caseload.programme_rules import Terms
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import Session
from events.caseload import ActionAgreed, ActionOwner, ActionSuggested, PlanDrafted, PlanReviewed

Step = Callable[[Case, UUID, datetime, ActionOwner], None]

BEGIN: Final[Step] = Case.begin_action
STAND_BY: Final[Step] = Case.put_on_standby
RESUME: Final[Step] = Case.resume_action
FINISH: Final[Step] = Case.finish
CANCEL: Final[Step] = Case.cancel


async def suggest_action(
    session: Session, target: Target, keyring: Keyring, suggested: Wording[ActionSuggested], today: date
) -> Answer:
    """Take a step that one of the two proposes."""
    return await decide_in_words(
        session, target, keyring, suggested, lambda case, fact: case.suggest(fact, today), "action"
    )


async def agree_action(
    session: Session, target: Target, keyring: Keyring, agreed: Wording[ActionAgreed], today: date
) -> Answer:
    """Take an action that coach and person agreed on."""
    return await decide_in_words(session, target, keyring, agreed, lambda case, fact: case.agree(fact, today), "action")


async def agree_to_suggestion(  # noqa: PLR0913  (who agrees to what, until when, and the moment)
    session: Session,
    target: Target,
    keyring: Keyring,
    action_id: UUID,
    by: ActionOwner,
    due: date | None,
    today: date,
    now: datetime,
) -> Answer:
    """Make an action of what was suggested, due when it was suggested for or on another day."""
    case = await target.load(session)
    if case.actions.moves(action_id, "agree"):
        suggestion = case.actions[action_id].suggestion
        assert suggestion
        what, where, how = await keyring.open_many([suggestion.what, suggestion.where, suggestion.how])
        words = {"what": what, "where": where, "how": how, "owner": suggestion.owner, "due": due or suggestion.due}
        agreed = Wording(ActionAgreed, {**words, "occurred_at": now, "action_id": action_id})
        case.agree(agreed.sealed(await keyring.sealer(person_of(case))), today, by)
    return await session.save(case)


async def take_step(  # noqa: PLR0913  (which step of which action, who takes it, and the moment)
    session: Session, target: Target, step: Step, action_id: UUID, by: ActionOwner, now: datetime
) -> Answer:
    """Begin, rest, resume, finish or cancel an action."""
    return await decide(session, target, lambda case: step(case, action_id, now, by))


async def take_step_back(  # noqa: PLR0913  (which fact about which action, who takes it back, and the moment)
    session: Session, target: Target, action_id: UUID, version: int, by: ActionOwner, now: datetime
) -> Answer:
    """Take back what was noted of an action last."""
    return await decide(session, target, lambda case: case.take_step_back(action_id, version, now, by))


async def move_due(  # noqa: PLR0913  (which action, until when, and the moment)
    session: Session, target: Target, action_id: UUID, due: date, today: date, now: datetime
) -> Answer:
    """Give an agreed action another due date."""
    return await decide(session, target, lambda case: case.move_due(action_id, due, today, now))


async def let_action_fall_due(
    session: Session, target: Target, action_id: UUID, late_on: date, passed: datetime
) -> Answer:
    """Note that an action is late from the day `late_on`, which began at `passed`, if it is still open."""
    return await decide(session, target, lambda case: case.let_fall_due(action_id, late_on, passed))


async def finish_course(session: Session, person: UUID, course: str, now: datetime) -> Answer:
    """Mark the open actions of a person as done that consist in a course, in whichever of their cases."""
    cases = [case for case in await session.about(Case, person) if case.life.ended is None]
    for case in cases:
        case.finish_course(course, now)
    return await session.save(*cases)


async def draft_plan(session: Session, target: Target, keyring: Keyring, drafted: Wording[PlanDrafted]) -> Answer:
    """Write a plan down."""
    return await decide_in_words(session, target, keyring, drafted, Case.draft_plan, "plan")


async def sign_plan(  # noqa: PLR0913  (who signs what, by which rules, and the moment)
    session: Session, target: Target, terms: Terms, plan_id: UUID | None, by: ActionOwner, signed_at: datetime
) -> Answer:
    """Take the signature of one of the two."""
    day = signed_at.astimezone(terms.zone).date()
    return await decide(
        session,
        target,
        lambda case: case.sign_plan(plan_id, by, terms.rules(case.programme_id, day).review_by(day), signed_at),
    )


async def review_plan(  # noqa: PLR0913  (what was found, by which rules, and the moment)
    session: Session, target: Target, keyring: Keyring, terms: Terms, reviewed_at: datetime, note: str | None
) -> Answer:
    """Note that both went through the plan."""
    case = await target.load(session)
    day = reviewed_at.astimezone(terms.zone).date()
    review_by = terms.rules(case.programme_id, day).review_by(day)
    fields = {"occurred_at": reviewed_at, "plan_id": case.plan.require_agreed(), "review_by": review_by, "note": note}
    case.review_plan(Wording(PlanReviewed, fields).sealed(await keyring.sealer(person_of(case))))
    return await session.save(case, status=CREATED)


async def take_review_back(session: Session, target: Target, version: int, now: datetime) -> Answer:
    """Take back that both went through the plan."""
    return await decide(session, target, lambda case: case.take_review_back(version, now))
