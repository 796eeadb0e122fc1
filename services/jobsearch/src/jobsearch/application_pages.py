"""What a reader who may see a person's applications is shown: rows with their sealed words opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from chassis.keyring import Keyring
from events.meeting import MeetingChannel
from jobsearch.chasing import Unanswered, draft
from jobsearch.stages import ANSWERED_BY_NOBODY, CLOSES_ITSELF, Stage, allowed
from jobsearch.views.advertised import AdvertisedRow
from jobsearch.views.applications import ApplicationJobRow, ApplicationRow, InterviewRow

ERASED = "Null where nothing is known, or once the person's data is erased."


@dataclass(frozen=True, slots=True)
class Rows:
    """What the views know of some applications."""

    applications: Sequence[ApplicationRow]
    interviews: Sequence[InterviewRow]
    jobs: Mapping[UUID, ApplicationJobRow]
    vacancies: Mapping[UUID, AdvertisedRow]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """By what days are reckoned: where the programme is, which day it is there, and how long silence is borne."""

    zone: ZoneInfo
    today: date
    unanswered_days: int

    def day(self, moment: datetime) -> date:
        """Return the day of a moment."""
        return moment.astimezone(self.zone).date()


class InterviewEntry(BaseModel):
    """An interview; it may have a day and no time yet, or neither."""

    interview_id: UUID
    round: int
    day: date | None
    starts_at: datetime | None
    channel: MeetingChannel | None
    place: str | None = Field(description=ERASED, examples=["12 Mill Lane, York"])
    prepared: bool
    state: str = Field(examples=["ahead", "held", "cancelled"])

    @classmethod
    def of(cls, row: InterviewRow, place: str | None) -> Self:
        """Return the entry of an interview."""
        return cls(
            interview_id=row.interview_id,
            round=row.round,
            day=row.day,
            starts_at=row.starts_at,
            channel=MeetingChannel(row.channel) if row.channel else None,
            place=place,
            prepared=row.prepared_at is not None,
            state="held" if row.held_at else "cancelled" if row.cancelled_at else "ahead",
        )


class ApplicationEntry(BaseModel):
    """One application on the board; `version` is what If-Match takes, `allowed` what can be asked of it now."""

    application_id: UUID
    version: int
    stage: Stage
    allowed: tuple[str, ...] = Field(examples=[["chase", "interviews", "reject"]])
    since: datetime = Field(description="When it came to this stage.")
    title: str | None = Field(description=ERASED, examples=["Baker"])
    employer: str | None = Field(description=ERASED, examples=["Riverside Bakery"])
    link: str | None = Field(description=ERASED, examples=["https://riverside.example/jobs/baker"])
    vacancy_id: UUID | None = Field(description="Null for a job found elsewhere.")
    vacancy_gone: bool = Field(description="The vacancy is no longer on the market.")
    closes_on: date | None
    brokered: bool
    saved_at: datetime
    sent_on: date | None
    cv_version: int | None
    silent_since: date | None = Field(description="The employer's last word, while an answer is awaited.")
    closes_itself_on: date | None = Field(description="When it closes by itself if nobody answers until then.")
    chased_on: date | None
    interviews: list[InterviewEntry]
    next_interview: InterviewEntry | None
    answer_by: date | None
    starts_on: date | None
    started: bool = Field(description="The first day of the job has come.")
    reason: str | None = Field(description="Why it came to nothing.", examples=["position_filled"])
    superseded_by: UUID | None


class ApplicationShown(ApplicationEntry):
    """One application by itself, with a message to the employer that can be sent while an answer is awaited."""

    chase_draft: str | None


SILENT: Final = frozenset({Stage.APPLIED, Stage.ACKNOWLEDGED, Stage.NO_RESPONSE})


class Funnel(BaseModel):
    """How many applications came how far, what came further counts before too; `silent` are those without an answer."""

    saved: int
    sent: int
    silent: int
    interviews: int
    offers: int


class Board(BaseModel):
    """A person's applications, what moved last first."""

    applications: list[ApplicationEntry]
    funnel: Funnel


def funnel(rows: Sequence[ApplicationRow]) -> Funnel:
    """Count a person's applications."""
    return Funnel(
        saved=len(rows),
        sent=sum(row.sent for row in rows),
        silent=sum(row.sent and row.stage in SILENT for row in rows),
        interviews=sum(row.invited_at is not None for row in rows),
        offers=sum(row.offered_at is not None for row in rows),
    )


async def entries(keyring: Keyring, rows: Rows, by: Reckoning) -> list[ApplicationEntry]:
    """Open applications with everything that belongs to them."""
    sealed = [words for row in rows.applications for words in (row.title, row.employer, row.link)]
    opened = await keyring.open_many([*sealed, *(row.place for row in rows.interviews)])
    places = opened[len(sealed) :]
    interviews: dict[UUID, list[InterviewEntry]] = {}
    for row, place in zip(rows.interviews, places, strict=True):
        interviews.setdefault(row.application_id, []).append(InterviewEntry.of(row, place))
    return [
        _entry(row, opened[3 * number : 3 * number + 3], interviews.get(row.id, []), rows, by)
        for number, row in enumerate(rows.applications)
    ]


def shown(entry: ApplicationEntry, by: Reckoning) -> ApplicationShown:
    """Return an application by itself, with a draft to ask the employer by."""
    return ApplicationShown(**entry.model_dump(), chase_draft=_chase_draft(entry, by))


def _entry(
    row: ApplicationRow, words: Sequence[str | None], interviews: list[InterviewEntry], rows: Rows, by: Reckoning
) -> ApplicationEntry:
    vacancy = rows.vacancies.get(row.vacancy_id) if row.vacancy_id else None
    title, employer, link = (vacancy.title, vacancy.employer, vacancy.link) if vacancy else words
    job = rows.jobs.get(row.id)
    starts_on = job.starts_on if job else row.starts_on
    waits = row.stage in ANSWERED_BY_NOBODY
    return ApplicationEntry(
        application_id=row.id,
        version=row.version,
        stage=Stage(row.stage),
        allowed=allowed(row.stage, sent=row.sent),
        since=row.stage_since,
        title=title,
        employer=employer,
        link=link,
        vacancy_id=row.vacancy_id,
        vacancy_gone=vacancy is not None and vacancy.withdrawn_at is not None,
        closes_on=vacancy.closes_on if vacancy else row.closes_on,
        brokered=bool(row.brokered),
        saved_at=row.saved_at,
        sent_on=by.day(row.sent_at) if row.sent_at else None,
        cv_version=row.cv_version,
        silent_since=by.day(row.silent_since) if waits and row.silent_since else None,
        closes_itself_on=_closes_itself_on(row, by) if row.stage in CLOSES_ITSELF else None,
        chased_on=by.day(row.chased_at) if row.chased_at else None,
        interviews=interviews,
        next_interview=_next(interviews),
        answer_by=row.answer_by,
        starts_on=starts_on,
        started=bool(job and starts_on and starts_on <= by.today and row.stage == Stage.ACCEPTED),
        reason=row.reason if row.stage in {Stage.UNSUCCESSFUL, Stage.WITHDRAWN} else None,
        superseded_by=row.superseded_by if row.stage == Stage.SUPERSEDED else None,
    )


def _closes_itself_on(row: ApplicationRow, by: Reckoning) -> date | None:
    return by.day(row.waiting_since) + timedelta(days=by.unanswered_days) if row.waiting_since else None


def _next(interviews: Sequence[InterviewEntry]) -> InterviewEntry | None:
    """Return the interview ahead that is first; one without a day comes last."""
    ahead = [interview for interview in interviews if interview.state == "ahead"]
    return min(ahead, key=lambda one: (one.day or date.max, str(one.starts_at or "")), default=None)


def _chase_draft(entry: ApplicationEntry, by: Reckoning) -> str | None:
    if entry.stage not in ANSWERED_BY_NOBODY or not entry.sent_on:
        return None
    held = [one.day for one in entry.interviews if one.state == "held" and one.day and one.day <= by.today]
    return draft(Unanswered(entry.title, entry.employer, entry.sent_on, max(held, default=None), entry.chased_on))
