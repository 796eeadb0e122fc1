"""The routes of the referrals service."""
# ruff: noqa: FAST003  (ToAnswer and ToWithdraw take the referral's id out of the path)

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from chassis.http import Accepted, AtLeast, CurrentActor, CurrentAsk, accepted, etag
from chassis.identity import Actor
from chassis.keyring import Term
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from referrals.access import Deed, NotPermittedError, Record, can, may_withdraw_for, require
from referrals.counting import ReferralCounts
from referrals.desk import AtDesk, Desk, ToAnswer, ToWithdraw
from referrals.file_header import FileRefused
from referrals.finding import ReferralSearch, ReferralsFound
from referrals.forms import (
    AcceptanceForm,
    PersonShown,
    ReferralForm,
    ReferralListed,
    ReferralPage,
    ReferralShown,
    ReferralStanding,
    RejectionForm,
    WithdrawalForm,
)
from referrals.referral import Referral
from referrals.stage import Stage
from referrals.submission import Submission, submit
from referrals.uploads import TooManyUploadsError
from referrals.views.referrals import REFERRALS, Asked, EndingRow, ReferralRow, counts, endings, of_people, one, page

LONGEST_PAGE: Final = 200
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403, FileRefused: 422, TooManyUploadsError: 503}

router = APIRouter(tags=["referrals"])


@router.post("/referrals", status_code=201, response_model=Accepted)
async def submit_referral(form: ReferralForm, desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> JSONResponse:
    """Send a person to a programme. One referral of a person to a programme is open at a time."""
    require(actor, Deed.SUBMIT)
    now = desk.clock()
    submission = Submission(
        referral_id=uuid4(),
        newcomer=uuid4(),
        person=form.person.details(desk.today(now)),
        programme_id=form.programme_id,
        provider_id=form.provider_id,
        referrer_id=actor.id,
        submitted_at=now,
        acknowledge_by=desk.calendar.after(now, desk.acknowledge_within),
    )
    return accepted(await submit(desk.store, desk.keyring, replace(ask, tenant=form.provider_id), submission))


@router.get("/referrals")
async def list_referrals(  # noqa: PLR0913  (each a parameter of the query)
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    stage: Stage | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
    order: Literal["newest", "oldest"] = "newest",
) -> ReferralPage:
    """List the referrals that one sent, or that came to one's provider, the newest first unless it is said."""
    require(actor, Deed.LIST)
    async with reading(desk.pool, actor.tenant, REFERRALS, at_least) as connection:
        rows = await page(connection, Asked(_own(actor), stage, after, limit, order == "oldest"))
        ends = await endings(connection, [row.id for row in rows])
    return ReferralPage(referrals=await _listed(desk, rows, ends), next=rows[-1].id if len(rows) == limit else None)


@router.post("/referrals/search")
async def search_referrals(desk: AtDesk, actor: CurrentActor, search: ReferralSearch) -> ReferralsFound:
    """Find people by name or other words, among the referrals that one may list."""
    require(actor, Deed.LIST)
    found = await desk.keyring.search(Term(kind, value) for kind, value in search.terms.items())
    async with reading(desk.pool, actor.tenant, REFERRALS) as connection:
        rows = await of_people(connection, found.persons, Asked(_own(actor), limit=LONGEST_PAGE))
        ends = await endings(connection, [row.id for row in rows])
    complete = found.complete and len(rows) < LONGEST_PAGE
    return ReferralsFound(referrals=await _listed(desk, rows, ends), complete=complete)


@router.get("/referral-counts")
async def count_referrals(desk: AtDesk, actor: CurrentActor, at_least: AtLeast) -> ReferralCounts:
    """Count the referrals that one may list: where they stand, and by when their arrival is to be acknowledged."""
    require(actor, Deed.LIST)
    async with reading(desk.pool, actor.tenant, REFERRALS, at_least) as connection:
        return ReferralCounts.of(await counts(connection, _own(actor)))


@router.get("/referrals/{referral_id}")
async def show_referral(
    referral_id: UUID, desk: AtDesk, actor: CurrentActor, at_least: AtLeast, response: Response
) -> ReferralShown:
    """Show a referral. Its version stands in ETag, for If-Match."""
    row, end = await _found(desk, actor, Deed.READ, referral_id, at_least)
    response.headers["ETag"] = etag(row.version)
    return await _opened(desk, actor, row, end)


@router.get("/referrals/{referral_id}/standing")
async def show_standing(referral_id: UUID, desk: AtDesk, actor: CurrentActor, at_least: AtLeast) -> ReferralStanding:
    """Show where a referral stands, and nothing of the person: for whoever was given a link to it."""
    row, end = await _found(desk, actor, Deed.FOLLOW, referral_id, at_least)
    return ReferralStanding.of(row, end)


@router.post("/referrals/{referral_id}/acknowledge", response_model=Accepted)
async def acknowledge_referral(command: ToAnswer, desk: AtDesk) -> JSONResponse:
    """Confirm that a referral arrived."""
    return accepted(await command.acknowledge(desk.clock()))


@router.post("/referrals/{referral_id}/assess", response_model=Accepted)
async def assess_referral(command: ToAnswer, desk: AtDesk) -> JSONResponse:
    """Begin to look at whether the programme fits."""
    return accepted(await command.assess(desk.clock()))


@router.post("/referrals/{referral_id}/accept", response_model=Accepted)
async def accept_referral(form: AcceptanceForm, command: ToAnswer, desk: AtDesk) -> JSONResponse:
    """Take a person on."""
    return accepted(await command.accept(form.coach_id, desk.clock()))


@router.post("/referrals/{referral_id}/waitlist", response_model=Accepted)
async def waitlist_referral(command: ToAnswer, desk: AtDesk) -> JSONResponse:
    """Promise a person the next place."""
    return accepted(await command.waitlist(desk.clock()))


@router.post("/referrals/{referral_id}/reject", response_model=Accepted)
async def reject_referral(form: RejectionForm, command: ToAnswer, desk: AtDesk) -> JSONResponse:
    """Turn a person down. The referrer reads the reason."""
    return accepted(await command.reject(form.reason, desk.words(form.explanation), desk.clock()))


@router.post("/referrals/{referral_id}/withdraw", response_model=Accepted)
async def withdraw_referral(
    form: WithdrawalForm, command: ToWithdraw, desk: AtDesk, actor: CurrentActor
) -> JSONResponse:
    """Take a referral back: a referrer for themselves or the person, staff for the provider or the person."""
    if not may_withdraw_for(actor, form.by):
        message = f"a {actor.role} does not withdraw for a {form.by}"
        raise NotPermittedError(message)
    return accepted(await command.withdraw(form.by, desk.words(form.explanation), desk.clock()))


async def _listed(desk: Desk, rows: Sequence[ReferralRow], ends: Mapping[UUID, EndingRow]) -> list[ReferralListed]:
    names = await desk.keyring.open_many([row.name for row in rows])
    return [ReferralListed.of(row, name, ends.get(row.id), desk.zone) for row, name in zip(rows, names, strict=True)]


def _own(actor: Actor) -> UUID | None:
    return None if actor.tenant else actor.id


async def _found(
    desk: Desk, actor: Actor, deed: Deed, referral_id: UUID, at_least: AtLeast
) -> tuple[ReferralRow, EndingRow | None]:
    require(actor, deed)
    async with reading(desk.pool, actor.tenant, REFERRALS, at_least) as connection:
        row, ends = await one(connection, referral_id), await endings(connection, [referral_id])
    if row is None or not can(actor, deed, Record(row.tenant, row.referrer_id)):
        raise NotFoundError(Referral.__name__)
    return row, ends.get(referral_id)


async def _opened(desk: Desk, actor: Actor, row: ReferralRow, end: EndingRow | None) -> ReferralShown:
    fields = tuple(PersonShown.model_fields)
    told = end.report if end and can(actor, Deed.READ_REPORT, Record(row.tenant, row.referrer_id)) else None
    sealed = [*(getattr(row, field) for field in fields), row.explanation, row.meeting_place, told]
    *values, explanation, place, report = await desk.keyring.open_many(sealed)
    person = PersonShown(**dict(zip(fields, values, strict=True)))
    shown = ReferralShown.opened(row, end, person, (explanation, place, report), desk.zone)
    return shown if can(actor, Deed.FOLLOW_UP, Record(row.tenant)) else shown.without_others()
