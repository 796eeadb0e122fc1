"""Routes that change a case as a whole: its coach, its status, and what is known of the person."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import Field

from caseload.access import Deed
from caseload.commands import case as commands
from caseload.commands.target import Wording
from caseload.desk import ToCase
from caseload.forms import Asked, Day, TakenBack, Words, example
from chassis.http import Accepted, ExpectedVersion
from events.caseload import (
    BarrierTheme,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CasePaused,
    CaseReactivated,
    CaseSnoozed,
    ContactNeed,
    ExitReason,
    NeedsAssessed,
    NextStepSetAside,
    PauseReason,
    SafetyConcernHandled,
    SetAsideReason,
    Track,
    TrackChosen,
)
from events.published import Code

SET_ASIDE_DAYS: Final = 3

case_router = APIRouter()


class CoachAssignment(Asked):
    """Who becomes responsible."""

    model_config = example(coach_id="8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10")

    coach_id: UUID


class TrackChoice(Asked):
    """How much self-service leads, and why."""

    model_config = example(track="supported", reason="Looks for work alone and wants help with letters.")

    track: Track
    reason: Words


class Needs(Asked):
    """What stands between the person and work, and what to think of when getting in touch."""

    model_config = example(barriers=["mobility", "digital"], contact_needs=["call_only"], summary="No bus before 8.")

    barriers: tuple[BarrierTheme, ...] = Field(max_length=len(BarrierTheme))
    contact_needs: tuple[ContactNeed, ...] = Field((), max_length=len(ContactNeed))
    summary: Words | None = None


class SafetyConcern(Asked):
    """A worry about the person's safety, and who has to act: the case's coach unless somebody else is named."""

    model_config = example(what="Says that home is not safe at the moment.")

    what: Words
    owner_id: UUID | None = None


class ConcernHandling(Asked):
    """How a worry was dealt with."""

    model_config = example(how="Spoke with the person and the council's team; a room is found.")

    how: Words


class Pause(Asked):
    """Why the case rests, and its last day of rest when that is known."""

    model_config = example(reason="health", until="2030-03-08")

    reason: PauseReason
    until: Day | None = None


class Exit(Asked):
    """Why the person leaves before the end."""

    model_config = example(reason="moved_away", explanation="Moved to be near family.")

    reason: ExitReason
    explanation: Words | None = None


class GoingOn(Asked):
    """Why a closed case goes on, in a sentence."""

    model_config = example(explanation="The new job fell through.")

    explanation: Words


class Explanation(Asked):
    """Why, in a sentence."""

    model_config = example(explanation="Opened for somebody of the same name.")

    explanation: Words | None = None


class ExitReport(Asked):
    """What was done, for the referrer."""

    model_config = example(report="Three interviews, one offer declined; wants to train as a baker.")

    report: Words


class StepAside(Asked):
    """A next step that the person cannot do now, by its name on Home."""

    model_config = example(step="profile", reason="later")

    step: Code
    reason: SetAsideReason


class StepAgain(Asked):
    """A step that was set aside, by its name on Home."""

    model_config = example(step="profile")

    step: Code


class Snooze(Asked):
    """A line of Today to put off: its rule, the first day on which it is shown again, and why."""

    model_config = example(rule=9, until="2030-03-08", reason="On holiday until then.")

    rule: Annotated[int, Field(ge=1, le=9)]
    until: Day
    reason: Words


@case_router.post("/cases/{case_id}/coach", response_model=Accepted)
async def assign_coach(to: ToCase, expected: ExpectedVersion, body: CoachAssignment) -> Response:
    """Make a coach responsible for a case."""
    return await to.answer(
        Deed.ASSIGN, expected, lambda session, case: commands.assign_coach(session, case, body.coach_id, to.now)
    )


@case_router.post("/cases/{case_id}/track", response_model=Accepted)
async def choose_track(to: ToCase, expected: ExpectedVersion, body: TrackChoice) -> Response:
    """Decide how much self-service leads."""
    chosen = Wording(TrackChosen, {"occurred_at": to.now, "coach_id": to.actor.id, **body.model_dump()})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.choose_track(session, case, to.keyring, chosen)
    )


@case_router.post("/cases/{case_id}/needs", response_model=Accepted)
async def assess_needs(to: ToCase, expected: ExpectedVersion, body: Needs) -> Response:
    """Note what coach and person found to stand between the person and work."""
    assessed = Wording(NeedsAssessed, {"occurred_at": to.now, "coach_id": to.actor.id, **body.model_dump()})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.assess_needs(session, case, to.keyring, assessed)
    )


@case_router.post("/cases/{case_id}/safety-concerns", status_code=201, response_model=Accepted)
async def raise_concern(to: ToCase, body: SafetyConcern) -> Response:
    """Raise a worry about the person's safety. Nothing that others do to the case holds it up: no version is sent."""
    fields = {"occurred_at": to.now, "concern_id": uuid4(), "what": body.what, "owner_id": body.owner_id}
    return await to.answer(
        Deed.WORK,
        None,
        lambda session, case: commands.raise_concern(session, case, to.keyring, fields, to.actor.id),
    )


@case_router.post("/cases/{case_id}/safety-concerns/{concern_id}/handled", response_model=Accepted)
async def handle_concern(to: ToCase, concern_id: UUID, body: ConcernHandling) -> Response:
    """Note that a worry was dealt with, and how."""
    handled = Wording(SafetyConcernHandled, {"occurred_at": to.now, "concern_id": concern_id, "how": body.how})
    return await to.answer(
        Deed.WORK, None, lambda session, case: commands.handle_concern(session, case, to.keyring, handled)
    )


@case_router.post("/cases/{case_id}/safety-concerns/{concern_id}/handled/take-back", response_model=Accepted)
async def take_handling_back(to: ToCase, concern_id: UUID, body: TakenBack) -> Response:
    """Say that a worry was not dealt with after all: whose it is has to act as before."""
    return await to.answer(
        Deed.WORK,
        None,
        lambda session, case: commands.take_handling_back(session, case, concern_id, body.version, to.now),
    )


@case_router.post("/cases/{case_id}/pause", response_model=Accepted)
async def pause_case(to: ToCase, expected: ExpectedVersion, body: Pause) -> Response:
    """Let a case rest: nothing is expected of the person meanwhile."""
    paused = CasePaused(occurred_at=to.now, **body.model_dump())
    return await to.answer(Deed.WORK, expected, lambda session, case: commands.pause(session, case, paused, to.today))


@case_router.post("/cases/{case_id}/resume", response_model=Accepted)
async def resume_case(to: ToCase, expected: ExpectedVersion) -> Response:
    """Go on with a case that rested."""
    return await to.answer(Deed.WORK, expected, lambda session, case: commands.resume(session, case, to.today, to.now))


@case_router.post("/cases/{case_id}/complete", response_model=Accepted)
async def complete_case(to: ToCase, expected: ExpectedVersion) -> Response:
    """Close the case of somebody who went the whole way."""
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.complete(session, case, to.today, to.now)
    )


@case_router.post("/cases/{case_id}/exit", response_model=Accepted)
async def exit_case(to: ToCase, expected: ExpectedVersion, body: Exit) -> Response:
    """Close the case of somebody who leaves before the end."""
    exited = Wording(CaseExitedEarly, {"occurred_at": to.now, **body.model_dump()})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.exit_early(session, case, to.keyring, exited, to.today)
    )


@case_router.post("/cases/{case_id}/reactivate", response_model=Accepted)
async def reactivate_case(to: ToCase, expected: ExpectedVersion, body: GoingOn) -> Response:
    """Go on with a case that was closed, and say why."""
    again = Wording(CaseReactivated, {"occurred_at": to.now, **body.model_dump()})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.reactivate(session, case, to.keyring, again, to.today)
    )


@case_router.post("/cases/{case_id}/hand-back", response_model=Accepted)
async def hand_case_back(to: ToCase, expected: ExpectedVersion, body: ExitReport) -> Response:
    """Give the person of a closed case back to the referrer, with a report."""
    back = Wording(CaseHandedBack, {"occurred_at": to.now, **body.model_dump()})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.hand_back(session, case, to.keyring, back, to.today)
    )


@case_router.post("/cases/{case_id}/entered-in-error", response_model=Accepted)
async def enter_case_in_error(to: ToCase, expected: ExpectedVersion, body: Explanation) -> Response:
    """Say that a case should never have been there. It stays readable and counts nowhere."""
    entered = Wording(CaseEnteredInError, {"occurred_at": to.now, **body.model_dump()})
    return await to.answer(
        Deed.RETRACT,
        expected,
        lambda session, case: commands.enter_in_error(session, case, to.keyring, entered, to.today),
    )


@case_router.post("/cases/{case_id}/next-step/set-aside", response_model=Accepted)
async def set_next_step_aside(to: ToCase, body: StepAside) -> Response:
    """Say that the person cannot do their next step now: another one is shown for three days."""
    until = to.today + timedelta(days=SET_ASIDE_DAYS)
    aside = NextStepSetAside(occurred_at=to.now, until=until, **body.model_dump())
    return await to.answer(Deed.TAKE_PART, None, lambda session, case: commands.set_step_aside(session, case, aside))


@case_router.post("/cases/{case_id}/next-step/take-up", response_model=Accepted)
async def take_next_step_up(to: ToCase, body: StepAgain) -> Response:
    """Show a step again that was set aside, as when that was a slip."""
    return await to.answer(
        Deed.TAKE_PART, None, lambda session, case: commands.take_step_up(session, case, body.step, to.now)
    )


@case_router.post("/cases/{case_id}/snooze", response_model=Accepted)
async def snooze_case(to: ToCase, expected: ExpectedVersion, body: Snooze) -> Response:
    """Put a line of Today off until a day, with a reason; a higher rule wakes it before."""
    snoozed = Wording(CaseSnoozed, {"occurred_at": to.now, **body.model_dump()})
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.snooze(session, case, to.keyring, snoozed, to.today)
    )


@case_router.post("/cases/{case_id}/unsnooze", response_model=Accepted)
async def unsnooze_case(to: ToCase, expected: ExpectedVersion) -> Response:
    """Show a line of Today again that was put off."""
    return await to.answer(Deed.WORK, expected, lambda session, case: commands.unsnooze(session, case, to.now))
