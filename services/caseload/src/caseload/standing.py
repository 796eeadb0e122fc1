"""How a person stands with a provider now: plain values that rules and pages are made of, each with its fact.

What is settled is left out, but for the little that rules look back at: a coach's whole caseload is read at once.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, field_validator

from caseload.case_status import Life, Status, with_work
from caseload.cover import Cover, coaches_at
from events.caseload import (
    ActionOwner,
    ActionStage,
    AppointmentKind,
    Channel,
    CheckInMood,
    ContactNeed,
    PauseReason,
    SetAsideReason,
    Standard,
)
from events.meeting import MeetingChannel
from events.sealed import Sealed

Json = dict[str, Any]
N = TypeVar("N", bound="Noted")


class Value(BaseModel):
    """A plain value: read from a prepared row, never changed."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    def as_json(self) -> Json:
        """Return the value as a row keeps it."""
        return self.model_dump(mode="json", exclude_none=True)


class Noted(Value):
    """Something is known by a fact, which happened `at` a moment."""

    fact: str
    at: datetime


class OpenAction(Noted):
    """A step that somebody is to take; `by` is who suggested it."""

    stage: ActionStage
    owner: ActionOwner
    due: date
    by: ActionOwner | None = None
    what: str | None = None
    """Sealed; its shape was checked when it was told."""
    fell_due: Noted | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is to do it now: it is agreed and does not rest."""
        return self.stage in {ActionStage.AGREED, ActionStage.IN_PROGRESS}

    @property
    def words(self) -> Sealed | None:
        """What was agreed or suggested."""
        return Sealed.trusted(self.what) if self.what else None


class Pause(Noted):
    """The case rests."""

    reason: PauseReason
    until: date | None = None


class Snooze(Noted):
    """The coach put a line of Today off."""

    rule: int
    until: date


class SetAside(Noted):
    """The person set their next step aside."""

    reason: SetAsideReason
    until: date


class RunningStandard(Noted):
    """A service standard that is neither met nor excused."""

    warn_on: date
    due: date
    warned: Noted | None = None
    breached: Noted | None = None


class Plan(Noted):
    """The latest plan: who signed it and, once both have, until when it has to be reviewed, and when it last was."""

    plan_id: UUID
    signed: tuple[ActionOwner, ...] = ()
    agreed: Noted | None = None
    reviewed: Noted | None = None
    review_by: date | None = None


class CaseStanding(Value):
    """The case itself."""

    id: UUID
    participant_id: UUID
    tenant: UUID
    case_id: UUID
    version: int
    programme_id: UUID
    opened: Noted
    coach_id: UUID | None = None
    start_date: date | None = None
    started: Noted | None = None
    ends_on: date | None = None
    pause: Pause | None = None
    ended: Status | None = None
    cover_id: UUID | None = None
    cover_begins_at: datetime | None = None
    cover_ends_at: datetime | None = None
    contact_needs: tuple[ContactNeed, ...] = ()
    snooze: Snooze | None = None
    concerns: dict[UUID, Noted] = {}

    @property
    def is_open(self) -> bool:
        """Whether the case is in somebody's caseload."""
        return self.ended is None

    @property
    def cover(self) -> Cover | None:
        """Who stands in for the coach, at some time."""
        return Cover.of(self.cover_id, self.cover_begins_at, self.cover_ends_at)

    def coaches_at(self, moment: datetime) -> frozenset[UUID | None]:
        """Return who coaches the case at a moment."""
        return coaches_at(self.coach_id, self.cover, moment)

    def status(self, today: date) -> Status:
        """Return where the case stands on a day."""
        reason, until = (self.pause.reason, self.pause.until) if self.pause else (None, None)
        return Life(self.start_date, reason, until, self.ended).on(today)

    def rests(self, today: date) -> bool:
        """Whether the case is paused on a day."""
        return self.status(today) is Status.PAUSED


class PlanStanding(Value):
    """What was agreed and is open."""

    plan: Plan | None = None
    first_agreed: Noted | None = None
    actions: dict[UUID, OpenAction] = {}
    standards: dict[Standard, RunningStandard] = {}
    set_aside: dict[str, SetAside] = {}
    active: Noted | None = None


class Contact(Noted):
    """A contact between coach and person."""

    channel: Channel


class Appointment(Noted):
    """A meeting of coach and person that has no outcome yet."""

    starts_at: datetime
    minutes: int
    channel: MeetingChannel
    kind: AppointmentKind
    version: int = 1
    """What a command on it expects."""
    place: Sealed | None = None
    link: Sealed | None = None


class Settled(Noted):
    """What became of an appointment, and the appointment as it was, should that have been wrong."""

    attended: bool
    appointment: Appointment


class Message(Noted):
    """One of the latest messages between the two, the oldest first."""

    message_id: UUID
    by: ActionOwner
    read: bool = False


class ContactStanding(Value):
    """How coach and person are in touch.

    `contact` is the latest of those that are not kept one by one any more, `in_person` the latest meeting among them.
    """

    contact: Contact | None = None
    in_person: Contact | None = None
    contacts: dict[str, Contact] = {}
    appointments: dict[UUID, Appointment] = {}
    settled: dict[UUID, Settled] = {}
    messages: tuple[Message, ...] = ()
    unanswered_since: datetime | None = None
    """When whoever wrote last began to wait for a reply."""
    active: Noted | None = None


class CheckIn(Noted):
    """A check-in in work: asked for, missed, or answered with a mood."""

    week: int
    due: date | None = None
    mood: CheckInMood | None = None


class Job(Noted):
    """A job that the person has, or will have from `starts_on` on, once that is known."""

    starts_on: date | None = None
    hours_a_week: float | None = None
    check_ins: dict[int, date] = {}
    asked: CheckIn | None = None


class EndedJob(Noted):
    """The job that ended last."""

    last_day: date


class WorkStanding(Value):
    """The person's work."""

    jobs: dict[UUID, Job] = {}
    ended: EndedJob | None = None
    answered: CheckIn | None = None
    missed: CheckIn | None = None
    active: Noted | None = None


class ApplicationState(StrEnum):
    """Where an application stands that is not closed."""

    SAVED = "saved"
    INTERESTED = "interested"
    PREPARING = "preparing"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    INTERVIEW = "interview"
    OFFERED = "offered"
    ACCEPTED = "accepted"


class OpenApplication(Noted):
    """An application; `at` is when it came to its state. A closed one is kept in case that it is reopened."""

    state: ApplicationState
    vacancy_id: UUID | None = None
    reachable: bool = False
    """Whether there is a way to ask the employer: they are named, the job has a link, or the coach knows them."""
    closes_on: date | None = None
    answer_by: date | None = None
    chased: Noted | None = None
    closed: bool = False


class Interview(Noted):
    """An interview that was neither held nor cancelled; it may have a day and no time, or neither."""

    application_id: UUID
    day: date | None = None
    starts_at: datetime | None = None
    channel: MeetingChannel | None = None
    prepared: bool = False


class SearchStanding(Value):
    """The person's search for work; the lists hold the latest, the newest last."""

    silent_since: datetime | None = None
    """Since when an application brought no word, the one of the longest wait: `silent_application`."""
    silent_application: UUID | None = None
    applications: dict[UUID, OpenApplication] = {}
    interviews: dict[UUID, Interview] = {}
    sent: tuple[Noted, ...] = ()
    invited: tuple[Noted, ...] = ()
    held: tuple[Noted, ...] = ()
    offered: Noted | None = None
    refused: Noted | None = None
    wishes: tuple[str, ...] = ()
    """Which of the job wishes that limit a search were told."""
    cv: int | None = None
    active: Noted | None = None

    @cached_property
    def open_applications(self) -> dict[UUID, OpenApplication]:
        """The applications that are not closed."""
        return {id_: application for id_, application in self.applications.items() if not application.closed}

    @cached_property
    def open_interviews(self) -> dict[UUID, Interview]:
        """The interviews of applications that are not closed."""
        return {id_: found for id_, found in self.interviews.items() if found.application_id in self.open_applications}


class Meeting(Noted):
    """A handover or a first meeting that the referral waits for."""

    starts_at: datetime
    channel: MeetingChannel


class Enrolment(Noted):
    """A course that was begun and is not completed."""

    lessons: int
    done: tuple[str, ...] = ()


class Bounce(Noted):
    """The e-mail address that a referral gave takes no mail."""

    referral_id: UUID


class PersonStanding(Value):
    """What other services told of the person."""

    name: Sealed | None = None
    referral_id: UUID | None = None
    handover: Meeting | None = None
    meeting: Meeting | None = None
    met: Contact | None = None
    met_in_person: Contact | None = None
    meeting_missed: Noted | None = None
    enrolments: dict[str, Enrolment] = {}
    bounced: Bounce | None = None
    active: Noted | None = None

    @property
    def address_fails(self) -> bool:
        """Whether the address takes no mail; a later referral may have given another one."""
        return self.bounced is not None and self.bounced.referral_id == self.referral_id


class Standing(Value):
    """Everything together."""

    case: CaseStanding
    plan: PlanStanding = PlanStanding()
    contact: ContactStanding = ContactStanding()
    work: WorkStanding = WorkStanding()
    search: SearchStanding = SearchStanding()
    person: PersonStanding = PersonStanding()

    @field_validator("plan", "contact", "work", "search", "person", mode="before")
    @classmethod
    def _untold(cls, part: object) -> object:
        """A part that nothing was told of is empty."""
        return {} if part is None else part

    def works(self, today: date) -> bool:
        """Whether the person has a job that has begun."""
        return any(job.starts_on and job.starts_on <= today for job in self.work.jobs.values())

    def status(self, today: date) -> Status:
        """Return how the case is shown on a day."""
        return with_work(self.case.status(today), works=self.works(today))

    @cached_property
    def last_contact(self) -> Contact | None:
        """The latest human contact: recorded, at a meeting, or written by the coach."""
        return latest(self._contacts())

    @cached_property
    def last_in_person(self) -> Contact | None:
        """The latest contact at which the two met."""
        contacts = (*self._contacts(), self.contact.in_person, self.person.met_in_person)
        return latest(contact for contact in contacts if contact and contact.channel is Channel.IN_PERSON)

    def _contacts(self) -> Iterable[Contact]:
        yield from self.contact.contacts.values()
        if self.contact.contact:
            yield self.contact.contact
        if self.person.met:
            yield self.person.met
        for settled in self.contact.settled.values():
            if settled.attended:
                held = settled.appointment
                yield Contact(fact=settled.fact, at=held.starts_at, channel=Channel(held.channel))
        for message in self.contact.messages:
            if message.by is ActionOwner.COACH:
                yield Contact(fact=message.fact, at=message.at, channel=Channel.MESSAGE)

    @cached_property
    def last_active(self) -> Noted | None:
        """The latest that came from the person."""
        parts = (self.plan.active, self.contact.active, self.work.active, self.search.active, self.person.active)
        return latest(part for part in parts if part)

    def touched_since(self, moment: datetime) -> bool:
        """Whether coach and person were in contact at that moment or later: they are, too, who go through the plan."""
        reviewed = self.plan.plan.reviewed if self.plan.plan else None
        return any(one is not None and one.at >= moment for one in (self.last_contact, reviewed))


def latest(some: Iterable[N]) -> N | None:
    """Return the latest of what was noted, None of nothing; at one moment the fact's id decides."""
    return max(some, key=lambda noted: (noted.at, noted.fact), default=None)
