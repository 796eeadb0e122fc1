"""The routes of a referral from acceptance to the start, and of what stands in its way."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from chassis.http import Accepted, accepted
from referrals.desk import AtDesk, ToCorrect, ToFollowUp
from referrals.start_forms import (
    CancellationForm,
    ErrorForm,
    HandoverForm,
    MeetingForm,
    NotStartedForm,
    SettlementForm,
    StartForm,
)

start_router: Final = APIRouter(prefix="/referrals/{referral_id}", tags=["from acceptance to the start"])


@start_router.post("/duplicate/settle", response_model=Accepted)
async def settle_duplicate(form: SettlementForm, command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Let a referral go on that is held because its person seems to be known; nothing else follows before."""
    return accepted(await command.settle(desk.clock(), same_person=form.same_person))


@start_router.post("/handover", response_model=Accepted)
async def arrange_handover(form: HandoverForm, command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Arrange the warm handover, in which referrer, person and coach meet, or give it another time."""
    now = desk.clock()
    return accepted(await command.arrange_handover(form.when(now), form.channel, now))


@start_router.post("/handover/held", response_model=Accepted)
async def hold_handover(command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Tell that the three have met."""
    return accepted(await command.hold_handover(desk.clock()))


@start_router.post("/initial-meeting", response_model=Accepted)
async def book_initial_meeting(form: MeetingForm, command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Book the first meeting of person and coach, or book it again."""
    now = desk.clock()
    return accepted(await command.book_meeting(form.when(now), form.channel, desk.words(form.place), now))


@start_router.post("/initial-meeting/held", response_model=Accepted)
async def hold_initial_meeting(command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Tell that person and coach have met."""
    return accepted(await command.hold_meeting(desk.clock()))


@start_router.post("/initial-meeting/missed", response_model=Accepted)
async def miss_initial_meeting(command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Tell that the person failed to attend; not before the meeting's time."""
    return accepted(await command.miss_meeting(desk.clock()))


@start_router.post("/initial-meeting/cancel", response_model=Accepted)
async def cancel_initial_meeting(form: CancellationForm, command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Call the first meeting off, which is nobody's failure to attend."""
    return accepted(await command.cancel_meeting(form.by, desk.clock()))


@start_router.post("/start", response_model=Accepted)
async def start_participant(form: StartForm, command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Put the person on the programme."""
    now = desk.clock()
    return accepted(await command.start(form.when(desk.today(now)), now))


@start_router.post("/did-not-start", response_model=Accepted)
async def settle_no_start(form: NotStartedForm, command: ToFollowUp, desk: AtDesk) -> JSONResponse:
    """Settle that an accepted person does not start. The referrer reads the reason."""
    return accepted(await command.not_start(form.reason, desk.words(form.explanation), desk.clock()))


@start_router.post("/entered-in-error", response_model=Accepted)
async def enter_referral_in_error(form: ErrorForm, command: ToCorrect, desk: AtDesk) -> JSONResponse:
    """Say that a referral should never have been there. It stays readable and counts nowhere."""
    return accepted(await command.enter_in_error(desk.words(form.explanation), desk.clock()))
