"""HTTP routes of the nudges service: who asks for what, and which command or page answers."""
# ruff: noqa: FAST003  (ToPerson and ToNudge take the ids out of the path)

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from chassis.faults import SAYS_SOMETHING
from chassis.http import Accepted, AtLeast, CurrentActor
from chassis.listen.reading import reading
from chassis.problem import ProblemError
from events.nudges import NudgeKind
from nudges import commands
from nudges.access import JOBSEEKER, Deed, NotPermittedError
from nudges.commands import Pause
from nudges.desk import AtDesk, ToNudge, ToPerson
from nudges.pages import NudgesPage, PreferencesPage, nudges_page, preferences_page
from nudges.views.messages import MESSAGES, nudges_sent_to, reminders_sent_to, wishes_of

SHOWN_AT_ONCE: Final = 200
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403}

Words = Annotated[str, Field(min_length=1, max_length=500), SAYS_SOMETHING]
router = APIRouter()


def _example(**body: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


class Asked(BaseModel):
    """What is sent in a body: nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Kind(Asked):
    """Which nudges: of one kind, or of all when none is named."""

    model_config = _example(kind="chase_an_application")

    kind: NudgeKind | None = None


class NewPause(Asked):
    """Why there are to be no nudges, and until when; a coach gives a reason."""

    model_config = _example(reason="Her mother is ill.", until="2030-03-08T08:00:00Z")

    reason: Words | None = None
    until: AwareDatetime | None = None


@router.get("/participants/{participant_id}/nudges")
async def read_nudges(desk: AtDesk, actor: CurrentActor, at_least: AtLeast, participant_id: UUID) -> NudgesPage:
    """Return a participant's nudges and reminders, the latest first, with why each came or did not."""
    person = await desk.admit(actor, Deed.READ, participant_id)
    async with reading(desk.pool, person.provider_id, MESSAGES, at_least) as connection:
        nudges = await nudges_sent_to(connection, person.nudges_id, SHOWN_AT_ONCE)
        reminders = await reminders_sent_to(connection, person.nudges_id, SHOWN_AT_ONCE)
        wishes = await wishes_of(connection, person.nudges_id)
    return nudges_page(nudges, reminders, wishes, desk.rules.zone)


@router.get("/participants/{participant_id}/nudge-preferences")
async def read_preferences(
    desk: AtDesk, actor: CurrentActor, at_least: AtLeast, participant_id: UUID
) -> PreferencesPage:
    """Return what a participant wants of nudges, and whether they are paused."""
    person = await desk.admit(actor, Deed.READ, participant_id)
    async with reading(desk.pool, person.provider_id, MESSAGES, at_least) as connection:
        wishes = await wishes_of(connection, person.nudges_id)
    return await preferences_page(wishes, desk.keyring, desk.store.clock())


@router.post("/participants/{participant_id}/nudge-preferences/stop", response_model=Accepted)
async def stop_nudges(to: ToPerson, body: Kind) -> Response:
    """Send no more nudges of a kind, or of any. Wishes do not contradict each other, so no version has to be sent."""
    now = to.desk.store.clock()
    return await to.answer(lambda session, person: commands.stop(session, person, body.kind, now))


@router.post("/participants/{participant_id}/nudge-preferences/resume", response_model=Accepted)
async def resume_nudges(to: ToPerson, body: Kind) -> Response:
    """Send nudges of a kind again, or of all kinds."""
    now = to.desk.store.clock()
    return await to.answer(lambda session, person: commands.resume(session, person, body.kind, now))


@router.post("/participants/{participant_id}/nudge-preferences/pause", response_model=Accepted)
async def pause_nudges(to: ToPerson, body: NewPause) -> Response:
    """Send no nudges for a time. A coach says why; the person need not."""
    by_coach = to.actor.role != JOBSEEKER
    if by_coach and body.reason is None:
        raise ProblemError(422, "Who pauses somebody else's nudges gives a reason.")
    pause, now, keyring = Pause(by_coach, body.reason, body.until), to.desk.store.clock(), to.desk.keyring
    return await to.answer(lambda session, person: commands.pause(session, person, keyring, pause, now))


@router.post("/participants/{participant_id}/nudge-preferences/unpause", response_model=Accepted)
async def unpause_nudges(to: ToPerson) -> Response:
    """End a pause before its time."""
    now = to.desk.store.clock()
    return await to.answer(lambda session, person: commands.unpause(session, person, now))


@router.post("/nudges/{nudge_id}/seen", response_model=Accepted)
async def see_nudge(to: ToNudge) -> Response:
    """Note that a nudge was opened."""
    now = to.desk.store.clock()
    return await to.answer(lambda session, nudges: commands.see(session, nudges, to.nudge_id, now))


@router.post("/nudges/{nudge_id}/dismiss", response_model=Accepted)
async def dismiss_nudge(to: ToNudge) -> Response:
    """Note that a nudge is not wanted."""
    now = to.desk.store.clock()
    return await to.answer(lambda session, nudges: commands.dismiss(session, nudges, to.nudge_id, now))
