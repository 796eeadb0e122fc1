"""What a reader who may see a case is shown: rows with their sealed words opened, here and nowhere earlier."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from caseload.access import COACH, JOBSEEKER, LEADERS
from caseload.case_status import Status
from caseload.corrections import Corrections
from caseload.naming import Names
from caseload.sentences import Sentence, sentence_of, shared
from caseload.views.appointments import AppointmentRow
from caseload.views.caseload import ActionRow, CaseSummary
from caseload.views.messages import MessageRow
from caseload.views.timeline import TimelineRow
from chassis.keyring import Keyring
from events.caseload import ActionOwner, ActionStage, AppointmentKind, CancelledBy, ContactRecorded
from events.fact import Fact, read
from events.meeting import MeetingChannel
from events.sealed import Sealed

DoneBy = Literal["person", "staff", "platform"]

PERSONS_OWN: Final = ("waymark.jobsearch.", "waymark.learning.")
ERASED = "Null once the person's data is erased."


class CaseLine(BaseModel):
    """One case of a caseload."""

    case_id: UUID
    participant_id: UUID
    name: str | None = Field(description=ERASED, examples=["Ada Lovelace"])
    programme_id: UUID
    coach_id: UUID | None
    opened_on: date
    open_actions: int = Field(examples=[2])
    next_due: date | None = Field(description="The earliest due date of an open action.")
    last_contact_at: datetime | None
    status: Status = Field(description="Where the case stands today.")
    starts_on: date | None = Field(description="The person's first day on the programme.")
    ends_on: date | None = Field(description="The last day of the programme for this person.")
    paused_until: date | None

    @classmethod
    def of(cls, case: CaseSummary, name: str | None, zone: ZoneInfo, today: date) -> Self:
        """Return the line of a case; days are those of the programme's time zone."""
        return cls(
            case_id=case.case_id,
            participant_id=case.participant_id,
            name=name,
            programme_id=case.programme_id,
            coach_id=case.coach_id,
            opened_on=case.opened_at.astimezone(zone).date(),
            open_actions=case.open_actions,
            next_due=case.next_due,
            last_contact_at=case.last_contact_at,
            status=case.status(today),
            starts_on=case.starts_on,
            ends_on=case.ends_on,
            paused_until=case.paused_until,
        )


class CaseloadPage(BaseModel):
    """Cases: a whole caseload by name, or a part of a longer one, the latest opened first."""

    cases: list[CaseLine]
    sorted_by: Literal["name", "opened_on"]
    next: UUID | None = Field(None, description="Ask for `after` this case to read on.")


class ActionEntry(BaseModel):
    """An action, suggested or agreed."""

    action_id: UUID
    owner: ActionOwner
    what: str | None = Field(description=ERASED, examples=["Send the CV to three bakeries"])
    where: str | None = Field(examples=["at the library"])
    how: str | None = Field(examples=["with the draft of last week"])
    due: date
    status: ActionStage
    suggested_by: ActionOwner | None = Field(description="Who proposed it, when it was not agreed at once.")
    late: bool = Field(description="The due date passed while it was open.")


class CasePage(CaseLine):
    """A case with its actions; its version stands in ETag."""

    referral_id: UUID
    actions: list[ActionEntry]


class TimelineEntry(BaseModel):
    """One thing that happened, told in a sentence."""

    id: str
    participant_id: UUID = Field(description="Under which id of the person it was told.")
    occurred_at: datetime
    recorded_at: datetime = Field(description="When it was learned.")
    sentence: str = Field(examples=["Coach and person spoke by phone."])
    words: dict[str, str | None] = Field(
        description="What it is about and what people said, by label; nothing of what was taken back. " + ERASED,
        examples=[{"Note": "Ready for the interview on Friday."}],
    )
    taken_back: bool = Field(description="It was said later that it is not so: to be shown struck through.")
    contact_id: UUID | None = Field(
        description="Of a contact that can be taken back, by who recorded it or a leader. Null for the person."
    )
    by: DoneBy = Field(description="Who did it, the platform where nobody did.")
    on_behalf: bool = Field(description="It is the person's own, and staff did it for them.")


class AliasShown(BaseModel):
    """Another id of a person, whose history is read here as well; `readable` is whether its own page is there."""

    participant_id: UUID
    readable: bool


class TimelinePage(BaseModel):
    """The journey of a participant, the latest first."""

    aliases: list[AliasShown]
    entries: list[TimelineEntry]
    next: str | None = Field(None, description="Ask for `before` this entry to read on.")


class Found(BaseModel):
    """The cases of who was found; not `complete` when there were more people than are shown at once."""

    page: CaseloadPage
    complete: bool


async def case_lines(keyring: Keyring, cases: Sequence[CaseSummary], zone: ZoneInfo, today: date) -> list[CaseLine]:
    """Open the names of cases."""
    names = await keyring.open_many([case.name for case in cases])
    return [CaseLine.of(case, name, zone, today) for case, name in zip(cases, names, strict=True)]


async def case_page(
    keyring: Keyring, case: CaseSummary, actions: Sequence[ActionRow], zone: ZoneInfo, today: date
) -> CasePage:
    """Open a case with everything that was agreed in it."""
    sealed = [words for action in actions for words in (action.what, action.place, action.means)]
    name, *opened = await keyring.open_many([case.name, *sealed])
    line = CaseLine.of(case, name, zone, today)
    plain = iter(opened)
    entries = [_action(action, *islice(plain, 3)) for action in actions]
    return CasePage(**line.model_dump(), referral_id=case.referral_id, actions=entries)


async def timeline_entries(
    keyring: Keyring, rows: Sequence[TimelineRow], around: Sequence[TimelineRow], zone: ZoneInfo, *, for_person: bool
) -> list[TimelineEntry]:
    """Tell facts in sentences and open the words in them; the person does not read what a coach noted alone.

    `around` has the facts that take back what others said, or name what others are about.
    """
    corrections, names = Corrections.among(around), Names.among(around)
    facts = [read(row.type_name, row.fact.encode()) for row in rows]
    struck = [corrections.strike(row.id, fact) for row, fact in zip(rows, facts, strict=True)]
    sentences = [
        Sentence(sentence_of(fact, zone).words, {})
        if taken_back
        else _sentence(fact, names.of(row.id, fact), zone, for_person=for_person)
        for row, fact, taken_back in zip(rows, facts, struck, strict=True)
    ]
    opened = iter(await keyring.open_many([sealed for told in sentences for sealed in told.sealed.values()]))
    return [
        TimelineEntry(
            id=row.id,
            participant_id=row.participant_id,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            sentence=told.words,
            words={label: next(opened) for label in told.sealed},
            taken_back=taken_back,
            contact_id=None if for_person or taken_back else _contact(fact),
            by=by,
            on_behalf=by == "staff" and row.type_name.startswith(PERSONS_OWN),
        )
        for row, fact, told, taken_back, by in zip(rows, facts, sentences, struck, map(_by, rows), strict=True)
    ]


def _by(row: TimelineRow) -> DoneBy:
    role, _, _ = row.actor.partition(":")
    return "person" if role == JOBSEEKER else "staff" if role in {COACH, *LEADERS} else "platform"


def _contact(fact: Fact) -> UUID | None:
    return fact.contact_id if isinstance(fact, ContactRecorded) else None


def _sentence(fact: Fact, name: Mapping[str, Sealed], zone: ZoneInfo, *, for_person: bool) -> Sentence:
    sentence = sentence_of(fact, zone)
    named = Sentence(sentence.words, {**name, **sentence.sealed})
    return shared(fact, named) if for_person else named


def by_name(line: CaseLine) -> tuple[bool, str, UUID]:
    """Return what puts cases in order of their names, those without one last."""
    return line.name is None, (line.name or "").casefold(), line.case_id


def _action(action: ActionRow, what: str | None, where: str | None, how: str | None) -> ActionEntry:
    return ActionEntry(
        action_id=action.action_id,
        owner=action.owner,
        what=what,
        where=where,
        how=how,
        due=action.due,
        status=ActionStage(action.stage),
        suggested_by=action.suggested_by,
        late=action.fell_due,
    )


class AppointmentEntry(BaseModel):
    """An appointment. It `needs_outcome` when it has begun and nobody said what became of it."""

    appointment_id: UUID
    version: int
    coach_id: UUID
    kind: AppointmentKind
    starts_at: datetime
    minutes: int = Field(examples=[45])
    channel: MeetingChannel
    place: str | None = Field(description=ERASED, examples=["Room 2"])
    link: str | None = Field(examples=["https://meet.example/room"])
    outcome: Literal["none", "attended", "missed", "cancelled"]
    late: bool
    acceptable: bool
    cancelled_by: CancelledBy | None
    reason: str | None = Field(examples=["The coach is ill."])
    needs_outcome: bool


class AppointmentPage(BaseModel):
    """The appointments of a case, the latest first."""

    appointments: list[AppointmentEntry]


class MessageEntry(BaseModel):
    """A message between a person and their coach."""

    message_id: UUID
    by: ActionOwner
    author_id: UUID
    text: str | None = Field(description="Null once it is withdrawn, or the person's data erased.")
    sent_at: datetime
    read_at: datetime | None
    withdrawn_at: datetime | None


class MessagePage(BaseModel):
    """Messages of a case, the latest first."""

    messages: list[MessageEntry]
    next: UUID | None = Field(None, description="Ask for `before` this message to read on.")


async def appointment_page(keyring: Keyring, rows: Sequence[AppointmentRow], now: datetime) -> AppointmentPage:
    """Open the words of appointments."""
    sealed = [words for row in rows for words in (row.place, row.link, row.reason)]
    opened = iter(await keyring.open_many(sealed))
    entries = []
    for row in rows:
        place, link, reason = islice(opened, 3)
        fields = {**vars(row), "place": place, "link": link, "reason": reason}
        needs = row.outcome == "none" and row.starts_at <= now
        entries.append(AppointmentEntry(**fields, needs_outcome=needs))
    return AppointmentPage(appointments=entries)


async def message_page(keyring: Keyring, rows: Sequence[MessageRow], further: UUID | None) -> MessagePage:
    """Open the texts of messages."""
    texts = await keyring.open_many([row.text for row in rows])
    entries = [MessageEntry(**{**vars(row), "text": text}) for row, text in zip(rows, texts, strict=True)]
    return MessagePage(messages=entries, next=further)
