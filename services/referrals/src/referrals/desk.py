"""What every route works with, and what lets an actor at one referral or one file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from chassis.clock import Clock
from chassis.database import Pool
from chassis.http import CurrentActor, CurrentAsk, ExpectedVersion
from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.store import NotFoundError, Store
from chassis.working_days import WorkingDays
from referrals.access import Deed, Record, can, require
from referrals.commands import Permit, ReferralCommand, Words
from referrals.referral import Referral
from referrals.referral_import import Import
from referrals.uploads import Upload, Uploads


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`.

    `coaches` are, by provider, the codes that a file may name a coach by.
    """

    store: Store
    pool: Pool
    keyring: Keyring
    calendar: WorkingDays
    acknowledge_within: int
    clock: Clock
    uploads: Uploads
    coaches: Mapping[UUID, Mapping[str, UUID]]
    importing: Import

    def today(self, now: datetime) -> date:
        """Return the day that it is where the programme is."""
        return now.astimezone(self.calendar.timezone).date()

    @property
    def zone(self) -> ZoneInfo:
        """The programme's time zone."""
        return self.calendar.timezone

    def words(self, text: str | None) -> Words:
        """Return what somebody wrote, to be sealed before it becomes part of a fact."""
        return Words(self.keyring, text)


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]


def _command_for(deed: Deed) -> Callable[..., ReferralCommand]:
    """Return what makes a request one to do this to a referral."""

    def command(
        desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, version: ExpectedVersion, referral_id: UUID
    ) -> ReferralCommand:
        require(actor, deed)
        return ReferralCommand(desk.store, ask, referral_id, _permit(actor, deed), version)

    return command


async def _upload(desk: AtDesk, actor: CurrentActor, file_id: UUID) -> Upload:
    require(actor, Deed.IMPORT)
    upload = desk.uploads.find(file_id, actor.id)
    if upload is None:
        raise NotFoundError(Upload.__name__)
    return upload


ToAnswer = Annotated[ReferralCommand, Depends(_command_for(Deed.ANSWER))]
ToWithdraw = Annotated[ReferralCommand, Depends(_command_for(Deed.WITHDRAW))]
ToFollowUp = Annotated[ReferralCommand, Depends(_command_for(Deed.FOLLOW_UP))]
ToCorrect = Annotated[ReferralCommand, Depends(_command_for(Deed.CORRECT))]
OwnUpload = Annotated[Upload, Depends(_upload)]


def _permit(actor: Actor, deed: Deed) -> Permit:
    """Return what hides a referral from an actor who may not do this to it."""

    def check(referral: Referral) -> None:
        if not can(actor, deed, Record(referral.tenant, referral.referrer_id)):
            raise NotFoundError(Referral.__name__)

    return check
