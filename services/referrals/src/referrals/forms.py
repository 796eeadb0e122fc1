"""What the routes take and show. Refused input is told by its place, never by its value."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from chassis.faults import SAYS_SOMETHING
from events.meeting import MeetingChannel
from events.referrals import DidNotStartReason, RejectionReason, WithdrawnBy
from referrals import person_details
from referrals.person_details import PersonDetails
from referrals.referral_file import RowError
from referrals.stage import CLOSED, Stage, allowed_from
from referrals.uploads import Upload, UploadState
from referrals.views.referrals import EndingRow, ReferralRow
from referrals.what_next import after_the_end, what_next

_EXAMPLE_ID: Final = "8f2b1c9e-5a1d-4c1b-9a53-2f6f6f0f7a11"
_PERSON: Final[JsonDict] = {
    "name": "Zoë Okafor",
    "date_of_birth": "1990-12-31",
    "ni_number": "QQ123456C",
    "email": "zoe@example.org",
    "phone": "07700 900123",
    "address": "1 Skylark Street\nLeeds",
    "postcode": "LS11 1AA",
    "notes": "Prefers a text message the day before.",
}

Note = Annotated[
    str,
    Field(min_length=1, max_length=person_details.LONGEST_NOTE),
    SAYS_SOMETHING,
    AfterValidator(person_details.note),
]


def example(shown: JsonDict) -> ConfigDict:
    """Return the configuration of a model that is shown by this example."""
    return ConfigDict(json_schema_extra={"examples": [shown]})


class Form(BaseModel):
    """A request body: no field that nobody reads, and no value in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PersonForm(Form):
    """Who is referred. A name is enough."""

    model_config = example(_PERSON)

    name: Annotated[str, AfterValidator(person_details.person_name)]
    date_of_birth: date | None = None
    ni_number: Annotated[str, AfterValidator(person_details.ni_number)] | None = None
    email: Annotated[str, AfterValidator(person_details.email)] | None = None
    phone: Annotated[str, AfterValidator(person_details.phone)] | None = None
    address: Annotated[str, AfterValidator(person_details.note)] | None = None
    postcode: Annotated[str, AfterValidator(person_details.postcode)] | None = None
    notes: Note | None = None
    preferred_name: Annotated[str, AfterValidator(person_details.person_name)] | None = None

    def details(self, today: date) -> PersonDetails:
        """Return the person. Raises RequestValidationError for an age that cannot be."""
        if self.date_of_birth:
            try:
                person_details.date_of_birth(self.date_of_birth.isoformat(), today)
            except ValueError as reason:
                place = ("body", "person", "date_of_birth")
                raise RequestValidationError([{"loc": place, "type": "value_error", "msg": str(reason)}]) from None
        return PersonDetails(**self.model_dump())


class ReferralForm(Form):
    """A person sent to a provider's programme."""

    model_config = example({"provider_id": _EXAMPLE_ID, "programme_id": _EXAMPLE_ID, "person": _PERSON})

    provider_id: UUID
    programme_id: UUID
    person: PersonForm


class AcceptanceForm(Form):
    """The coach, when one is already chosen."""

    model_config = example({"coach_id": _EXAMPLE_ID})

    coach_id: UUID | None = None


class RejectionForm(Form):
    """Why the provider turns the person down. The referrer reads both."""

    model_config = example({"reason": "no_capacity", "explanation": "The next course begins in March."})

    reason: RejectionReason
    explanation: Note | None = None


class WithdrawalForm(Form):
    """Who takes the referral back, and why."""

    model_config = example({"by": "participant", "explanation": "Found a job."})

    by: WithdrawnBy
    explanation: Note | None = None


Ending = Literal["completed", "exited_early", "handed_back"]
Texts = tuple[str | None, str | None, str | None]
OF_THE_PROVIDER: Final = frozenset(
    {RejectionReason.NO_CAPACITY, RejectionReason.NOT_ELIGIBLE, RejectionReason.DUPLICATE}
)


class PersonShown(BaseModel):
    """What is known of a person; nothing when they were erased."""

    model_config = example(_PERSON)

    name: str | None = None
    date_of_birth: date | None = None
    ni_number: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    notes: str | None = None
    preferred_name: str | None = None


class ReferralListed(BaseModel):
    """A referral in a list. `name` is null when the person was erased."""

    id: UUID
    version: int
    name: str | None
    stage: Stage
    participant_id: UUID
    provider_id: UUID
    programme_id: UUID
    referrer_id: UUID
    submitted_at: datetime
    acknowledge_by: date = Field(description="The last day on which the provider acknowledges it in time.")
    acknowledged_at: datetime | None
    answered_at: datetime | None
    coach_id: UUID | None
    reason: RejectionReason | None
    withdrawn_at: datetime | None
    withdrawn_by: WithdrawnBy | None
    not_started_reason: DidNotStartReason | None
    possible_duplicate: bool = Field(description="It waits for the provider to look whether the person is known.")
    handover_at: datetime | None
    first_meeting_at: datetime | None
    met_at: datetime | None
    missed_meetings: int = Field(description="How often the person failed to attend the first meeting.")
    start_date: date | None
    what_next: str = Field(examples=["The provider confirms by 9 September 2026 that the referral arrived."])
    ended: Ending | None = Field(description="How the person's time on the programme ended, if it did.")
    ended_at: datetime | None

    @classmethod
    def of(cls, row: ReferralRow, name: str | None, end: EndingRow | None, zone: ZoneInfo) -> Self:
        """Return a row with its name opened; moments are told in the programme's time zone."""
        return cls(**_plain(row, end, zone) | {"name": name})


class ReferralShown(ReferralListed):
    """A referral with all that its readers may see, and what may be asked of it next."""

    person: PersonShown
    explanation: str | None
    meeting_channel: MeetingChannel | None
    meeting_place: str | None
    known_participant_id: UUID | None = Field(description="Whom the person may be, for the provider's staff.")
    earlier_referral_id: UUID | None = Field(description="An earlier referral of whom it may be, for the same.")
    same_person: bool | None = Field(description="What was found when somebody looked.")
    allowed: list[str] = Field(examples=[["accept", "reject", "waitlist", "withdraw"]])
    report: str | None = Field(description="What was done, for who referred the person: told when handed back.")

    @classmethod
    def opened(cls, row: ReferralRow, end: EndingRow | None, person: PersonShown, texts: Texts, zone: ZoneInfo) -> Self:
        """Return a row with what was sealed in it opened: the person; explanation, meeting's place and report."""
        explanation, place, report = texts
        opened = {
            "name": person.name,
            "person": person,
            "explanation": explanation,
            "meeting_channel": row.meeting_channel,
            "meeting_place": place,
            "report": report,
            "known_participant_id": row.held_for,
            "earlier_referral_id": row.earlier_referral_id,
            "same_person": row.same_person,
            "allowed": allowed_from(Stage(row.stage), held=_is_held(row)),
        }
        return cls(**_plain(row, end, zone) | opened)

    def without_others(self) -> Self:
        """Return it for a referrer, who is told of nobody's referral but this one."""
        return self.model_copy(update={"known_participant_id": None, "earlier_referral_id": None, "same_person": None})


class ReferralStanding(BaseModel):
    """Where a referral stands. A reason is told where it is the provider's, none that says something of a person."""

    stage: Stage
    provider_id: UUID
    submitted_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    reason: RejectionReason | None
    withdrawn_at: datetime | None
    withdrawn_by: WithdrawnBy | None = Field(description="Null where it is the person who asked for it.")
    ended: Ending | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: ReferralRow, end: EndingRow | None) -> Self:
        """Return where a referral stands."""
        moments = ("submitted_at", "acknowledged_at", "answered_at", "withdrawn_at")
        told = {name: getattr(row, name) for name in ("stage", *moments)}
        reason = row.reason if row.reason in OF_THE_PROVIDER else None
        told["withdrawn_by"] = None if row.withdrawn_by == WithdrawnBy.PARTICIPANT else row.withdrawn_by
        ended = {"ended": end and end.ended, "ended_at": end and end.ended_at}
        return cls.model_validate({**told, **ended, "provider_id": row.tenant, "reason": reason})


class ReferralPage(BaseModel):
    """Referrals, in the order that was asked for; `next` is what `after` takes for the following page."""

    referrals: list[ReferralListed]
    next: UUID | None


class RowErrorShown(BaseModel):
    """Why a row is not brought in. Rows are numbered as in a spreadsheet; without a column it is the whole row."""

    row: int = Field(examples=[17])
    column: str = Field(examples=["postcode"])
    reason: str = Field(examples=["is not a United Kingdom postcode such as M1 1AA"])


class UploadShown(BaseModel):
    """A file of referrals: what it would bring in, and how far that is."""

    id: UUID
    state: UploadState
    rows: int = Field(description="How many rows are good and are brought in when the file is confirmed.")
    errors: list[RowErrorShown]
    unknown_columns: list[str] = Field(description="Spreadsheet letters of columns that nobody reads.")
    done: int
    added: int
    repeated: int = Field(description="Rows that were brought in before.")
    refused: list[RowErrorShown] = Field(description="Good rows that became no referral.")

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """Return where a file stands."""
        return cls(
            id=upload.id,
            state=upload.state,
            rows=upload.rows,
            errors=list(_shown(upload.preview.errors)),
            unknown_columns=list(upload.preview.unknown_columns),
            done=upload.progress.done,
            added=upload.progress.added,
            repeated=upload.progress.repeated,
            refused=list(_shown(upload.progress.refused)),
        )


def _shown(errors: tuple[RowError, ...] | list[RowError]) -> Iterator[RowErrorShown]:
    return (RowErrorShown(row=error.row, column=error.column, reason=error.reason) for error in errors)


def _plain(row: ReferralRow, end: EndingRow | None, zone: ZoneInfo) -> dict[str, Any]:
    """Return what of a row is nobody's personal data."""
    made = {"provider_id": row.tenant, "possible_duplicate": _is_held(row)}
    made |= {"ended": end and end.ended, "ended_at": end and end.ended_at}
    made["what_next"] = after_the_end(end.ended) if end and end.ended else what_next(row, zone, held=_is_held(row))
    return {name: getattr(row, name) for name in ReferralListed.model_fields if name not in {"name", *made}} | made


def _is_held(row: ReferralRow) -> bool:
    return row.held_for is not None and Stage(row.stage) not in CLOSED
