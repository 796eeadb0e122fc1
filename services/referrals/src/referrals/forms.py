"""What the routes take and show. Refused input is told by its place, never by its value."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from events.referrals import RejectionReason, WithdrawnBy
from referrals import person_details
from referrals.person_details import PersonDetails
from referrals.referral import FOLLOWS, Stage
from referrals.referral_file import RowError
from referrals.uploads import Upload, UploadState
from referrals.views.referrals import ReferralRow

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

Note = Annotated[str, Field(min_length=1, max_length=person_details.LONGEST_NOTE), AfterValidator(person_details.note)]


def _example(shown: JsonDict) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [shown]})


class Form(BaseModel):
    """A request body: no field that nobody reads, and no value in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PersonForm(Form):
    """Who is referred. A name is enough."""

    model_config = _example(_PERSON)

    name: Annotated[str, AfterValidator(person_details.person_name)]
    date_of_birth: date | None = None
    ni_number: Annotated[str, AfterValidator(person_details.ni_number)] | None = None
    email: Annotated[str, AfterValidator(person_details.email)] | None = None
    phone: Annotated[str, AfterValidator(person_details.phone)] | None = None
    address: Annotated[str, AfterValidator(person_details.note)] | None = None
    postcode: Annotated[str, AfterValidator(person_details.postcode)] | None = None
    notes: Note | None = None

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

    model_config = _example({"provider_id": _EXAMPLE_ID, "programme_id": _EXAMPLE_ID, "person": _PERSON})

    provider_id: UUID
    programme_id: UUID
    person: PersonForm


class AcceptanceForm(Form):
    """The coach, when one is already chosen."""

    model_config = _example({"coach_id": _EXAMPLE_ID})

    coach_id: UUID | None = None


class RejectionForm(Form):
    """Why the provider turns the person down. The referrer reads both."""

    model_config = _example({"reason": "no_capacity", "explanation": "The next course begins in March."})

    reason: RejectionReason
    explanation: Note | None = None


class WithdrawalForm(Form):
    """Who takes the referral back, and why."""

    model_config = _example({"by": "participant", "explanation": "Found a job."})

    by: WithdrawnBy
    explanation: Note | None = None


class PersonShown(BaseModel):
    """What is known of a person; nothing when they were erased."""

    model_config = _example(_PERSON)

    name: str | None = None
    date_of_birth: date | None = None
    ni_number: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    notes: str | None = None


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
    withdrawn_by: WithdrawnBy | None

    @classmethod
    def of(cls, row: ReferralRow, name: str | None) -> Self:
        """Return a row with its name opened."""
        return cls(**_plain(row) | {"name": name})


class ReferralShown(ReferralListed):
    """A referral with all that its readers may see, and what may be asked of it next."""

    person: PersonShown
    explanation: str | None
    allowed: list[str] = Field(examples=[["accept", "reject", "waitlist", "withdraw"]])

    @classmethod
    def opened(cls, row: ReferralRow, person: PersonShown, explanation: str | None) -> Self:
        """Return a row with what was sealed in it opened."""
        allowed = sorted(FOLLOWS[Stage(row.stage)].values())
        opened = {"name": person.name, "person": person, "explanation": explanation, "allowed": allowed}
        return cls(**_plain(row) | opened)


class ReferralPage(BaseModel):
    """Referrals, the newest first; `next` is what `after` takes for the following page."""

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


def _plain(row: ReferralRow) -> dict[str, Any]:
    """Return what of a row is nobody's personal data."""
    names = (name for name in ReferralListed.model_fields if name not in {"name", "provider_id"})
    return {name: getattr(row, name) for name in names} | {"provider_id": row.tenant}
