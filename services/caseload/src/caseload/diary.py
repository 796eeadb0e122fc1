"""A coach's diary: the meetings with the people of a caseload, those that the referral arranges too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from caseload.case_status import Status
from caseload.moment import Now
from caseload.standing import Appointment, Meeting, Standing
from caseload.today.rules import ends_at
from chassis.keyring import Keyring
from events.caseload import AppointmentKind
from events.meeting import MeetingChannel
from events.sealed import Sealed

Outcome = Literal["none", "attended", "missed"]


class Occasion(StrEnum):
    """What a meeting is: an appointment, or one that the referral waits for."""

    APPOINTMENT = "appointment"
    FIRST_MEETING = "first_meeting"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Booked:
    """A meeting in a diary, its words still sealed; `id` and the appointment are there for an appointment alone."""

    standing: Standing
    occasion: Occasion
    meeting: Appointment | Meeting
    over: bool
    id: UUID | None = None
    appointment: Appointment | None = None
    outcome: Outcome = "none"

    @property
    def order(self) -> tuple[datetime, str]:
        """What meetings are in order of."""
        return self.meeting.starts_at, self.meeting.fact

    @property
    def sealed(self) -> tuple[Sealed | None, Sealed | None]:
        """Where it is: the place, and the link."""
        return (self.appointment.place, self.appointment.link) if self.appointment else (None, None)


class DiaryEntry(BaseModel):
    """A meeting. One that the referral arranges is settled by the routes of the referral."""

    what: Occasion
    appointment_id: UUID | None
    version: int | None = Field(description="What a command on the appointment expects in If-Match.")
    referral_id: UUID | None = Field(description="Of a meeting that the referral arranges.")
    participant_id: UUID
    case_id: UUID
    coach_id: UUID | None = Field(description="In the diary of another coach: for whom that one stands in.")
    name: str | None
    kind: AppointmentKind | None
    starts_at: datetime
    minutes: int | None
    channel: MeetingChannel
    place: str | None
    link: str | None = Field(description="Where to join by video.")
    outcome: Outcome = Field(description="What became of it, when that is known; called off, it is in no diary.")
    over: bool = Field(description="It is over and has no outcome yet: it needs one.")


class DiaryPage(BaseModel):
    """The meetings of some days, and those before them that still need an outcome."""

    today: date
    first_day: date
    last_day: date
    entries: list[DiaryEntry] = Field(description="The earliest first.")
    without_outcome: list[DiaryEntry] = Field(description="Over before the first day, and nobody said what became.")


async def diary_page(keyring: Keyring, caseload: Sequence[Standing], days: tuple[date, date], now: Now) -> DiaryPage:
    """Open a diary from a first to a last day."""
    shown, missing = of_days(caseload, days, now)
    people = {one.standing.case.participant_id: one.standing.person.name for one in (*missing, *shown)}
    words = words_of((*missing, *shown))
    opened = await keyring.open_many([*people.values(), *words])
    names = dict(zip(people, opened, strict=False))
    found = diary_of((*missing, *shown), names, opened[len(people) :])
    without, entries = found[: len(missing)], found[len(missing) :]
    return DiaryPage(today=now.today, first_day=days[0], last_day=days[1], entries=entries, without_outcome=without)


def of_days(
    caseload: Sequence[Standing], days: tuple[date, date], now: Now
) -> tuple[Sequence[Booked], Sequence[Booked]]:
    """Return the meetings from a first to a last day, and the earlier ones that still need an outcome."""
    found = sorted((one for standing in caseload for one in meetings(standing, now)), key=lambda one: one.order)
    dated = [(now.day_of(one.meeting.starts_at), one) for one in found]
    shown = [one for day, one in dated if days[0] <= day <= days[1]]
    return shown, [one for day, one in dated if day < days[0] and one.over]


def meetings(standing: Standing, now: Now) -> Iterator[Booked]:
    """Return the meetings with a person: those without an outcome, and the latest with one."""
    for id_, one in standing.contact.appointments.items():
        yield Booked(standing, Occasion.APPOINTMENT, one, ends_at(one) <= now.moment, id_, one)
    for id_, settled in standing.contact.settled.items():
        held = settled.appointment
        outcome: Outcome = "attended" if settled.attended else "missed"
        yield Booked(standing, Occasion.APPOINTMENT, held, False, id_, held, outcome)  # noqa: FBT003
    waits = standing.case.status(now.today) is Status.AWAITING_START
    if meeting := standing.person.meeting:
        yield Booked(standing, Occasion.FIRST_MEETING, meeting, waits and meeting.starts_at < now.moment)
    if handover := standing.person.handover:
        yield Booked(standing, Occasion.HANDOVER, handover, waits and handover.starts_at < now.moment)


def words_of(booked: Iterable[Booked]) -> list[Sealed | None]:
    """Return what of meetings is sealed, as `diary_of` takes it opened."""
    return [text for one in booked for text in one.sealed]


def diary_of(
    booked: Iterable[Booked], names: Mapping[UUID, str | None], words: Iterable[str | None]
) -> list[DiaryEntry]:
    """Return meetings with their words opened."""
    opened = iter(words)
    return [_entry(one, names[one.standing.case.participant_id], next(opened), next(opened)) for one in booked]


def _entry(one: Booked, name: str | None, place: str | None, link: str | None) -> DiaryEntry:
    case, appointment = one.standing.case, one.appointment
    return DiaryEntry(
        what=one.occasion,
        appointment_id=one.id,
        version=appointment.version if appointment else None,
        referral_id=None if appointment else one.standing.person.referral_id,
        participant_id=case.participant_id,
        case_id=case.case_id,
        coach_id=case.coach_id,
        name=name,
        kind=appointment.kind if appointment else None,
        starts_at=one.meeting.starts_at,
        minutes=appointment.minutes if appointment else None,
        channel=one.meeting.channel,
        place=place,
        link=link,
        outcome=one.outcome,
        over=one.over,
    )
