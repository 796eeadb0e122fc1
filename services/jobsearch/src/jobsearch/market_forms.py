"""What the routes of the market take and show. What a vacancy does not give is null, and said in words."""

from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.faults import SAYS_SOMETHING
from events.jobsearch import Contract, PayPeriod
from jobsearch.uploads import Upload, UploadState
from jobsearch.vacancy_file import Remark
from jobsearch.views.vacancies import VacancyRow

REMARKS_SHOWN: Final = 200


class RemarkShown(BaseModel):
    """What is to say of a row. Rows are numbered as in a spreadsheet; without a column it is the whole row."""

    row: int = Field(examples=[17])
    column: str = Field(examples=["pay"])
    reason: str = Field(examples=["was decoded wrongly: it is mended"])

    @classmethod
    def of(cls, remark: Remark) -> Self:
        """Return a remark as it is shown."""
        return cls(row=remark.row, column=remark.column, reason=remark.reason)


class VacancyFileShown(BaseModel):
    """A file of vacancies: what it would bring in, and how far that is."""

    id: UUID
    state: UploadState
    feed: str
    whole: bool = Field(description="What the feed no longer has is withdrawn.")
    vacancies: int = Field(description="How many vacancies the file has, doubles counted once.")
    doubles: int = Field(description="Rows that say the same as one before them.")
    rejected: int = Field(description="Rows that are left out.")
    warnings: int = Field(description="Cells that are read with a doubt.")
    rejects: list[RemarkShown] = Field(description=f"The first {REMARKS_SHOWN}; the report has all, and the warnings.")
    done: int
    added: int
    revised: int
    unchanged: int
    withdrawn: int

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """Return where a file stands."""
        preview, progress = upload.preview, upload.progress
        rejects = [remark for remark in preview.remarks if remark.rejected]
        return cls(
            id=upload.id,
            state=upload.state,
            feed=preview.feed,
            whole=upload.whole,
            vacancies=len(preview.vacancies),
            doubles=preview.doubles,
            rejected=preview.rejected,
            warnings=len(preview.remarks) - len(rejects),
            rejects=[RemarkShown.of(remark) for remark in rejects[:REMARKS_SHOWN]],
            done=progress.done,
            added=progress.added,
            revised=progress.revised,
            unchanged=progress.unchanged,
            withdrawn=progress.withdrawn,
        )


class VacancyShown(BaseModel):
    """A vacancy. Null is what it does not give; `missing` says so in words."""

    id: UUID
    version: int
    live: bool = Field(description="Whether it is on the market.")
    closed: bool = Field(description="Whether its closing date is over.")
    source: str
    title: str = Field(examples=["Care Assistant"])
    employer: str | None = Field(examples=["Riverside Care"])
    category: str | None
    description: str | None
    place: str | None
    region: str | None
    abroad: bool
    contract: Contract | None
    part_time: bool | None
    hours_least: float | None
    hours_most: float | None
    pay_least: float | None
    pay_most: float | None
    pay_period: PayPeriod | None
    pay_text: str | None = Field(description="The pay as it was written.", examples=["£12.50 per hour"])
    pay_a_year: float | None = Field(description="The most it pays in a year, where hours or full time are known.")
    link: str | None
    posted_on: date | None
    closes_on: date | None
    first_seen: datetime
    missing: list[str] = Field(examples=[["Employer not given", "Closing date not given"]])

    @classmethod
    def of(cls, row: VacancyRow, today: date) -> Self:
        """Return a vacancy as it reads today."""
        given = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        closed = row.closes_on is not None and row.closes_on < today
        missing = [words for name, words in MISSING.items() if getattr(row, name) is None]
        return cls(**given, id=row.vacancy_id, closed=closed, pay_a_year=row.most_a_year, missing=missing)


MISSING: Final = {
    "employer": "Employer not given",
    "description": "Description not given",
    "place": "Place not given",
    "contract": "Contract not given",
    "hours_least": "Hours not given",
    "pay_period": "Pay not given in pounds for a time",
    "posted_on": "Posting date not given",
    "closes_on": "Closing date not given",
    "link": "Link not given",
}


class JobPostingForm(BaseModel):
    """A schema.org JobPosting in JSON-LD; properties that are not known here are let be."""

    model_config = ConfigDict(
        extra="allow",
        hide_input_in_errors=True,
        json_schema_extra={
            "examples": [
                {
                    "@context": "https://schema.org",
                    "@type": "JobPosting",
                    "identifier": {"@type": "PropertyValue", "name": "Riverside Care", "value": "RC-17"},
                    "title": "Care Assistant",
                    "hiringOrganization": {"@type": "Organization", "name": "Riverside Care"},
                    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Leeds", "addressCountry": "GB"}},
                    "employmentType": ["PART_TIME"],
                    "workHours": "16-24 hours",
                    "validThrough": "2030-03-31",
                    "baseSalary": {
                        "@type": "MonetaryAmount",
                        "currency": "GBP",
                        "value": {"@type": "QuantitativeValue", "minValue": 12.6, "unitText": "HOUR"},
                    },
                }
            ]
        },
    )

    kind: Annotated[str, Field(alias="@type", pattern="^JobPosting$")]
    title: Annotated[str, Field(min_length=1, max_length=500), SAYS_SOMETHING]
