"""What the Participant page shows: the whole person in one answer, their words opened here and nowhere earlier.

The person reads the same page about themselves, without what is for the staff alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field

from caseload.case_status import Status
from caseload.dossier.entries import Dossier
from caseload.dossier.funnel import Funnel, funnel_of, weeks_in_work
from caseload.kinds import listed
from caseload.moment import Now
from caseload.next_step.choice import next_step
from caseload.opened import AsList, Opened, Plain, Shown, opened
from caseload.pages import AliasShown, TimelineEntry, timeline_entries
from caseload.programme_rules import ProgrammeRules
from caseload.standing import ApplicationState, Standing
from caseload.today.rules import reasons_for
from caseload.today_page import Identity, ShownStep, Why, identity
from caseload.views.journey import By
from caseload.views.timeline import TimelineRow
from chassis.keyring import Keyring
from events.caseload import ActionOwner, ActionStage, AppointmentKind, BarrierTheme, CheckInMood, Standard, Track
from events.meeting import MeetingChannel

ENTRIES: Final = 50
HIDDEN_FROM_THE_PERSON: Final = "Null for the person themselves."


class DetailsShown(Shown):
    """Who the person is on their papers, and how to reach them."""

    name: Opened
    date_of_birth: Opened
    email: Opened
    phone: Opened
    address: Opened
    postcode: Opened


class CoachingShown(Shown):
    """A coach, and since when."""

    coach_id: UUID
    since: datetime


class TrackShown(Shown):
    """How much self-service leads, by whom and why."""

    track: Track
    coach_id: UUID
    reason: Opened
    at: datetime


class NeedsShown(Shown):
    """What stands between the person and work."""

    barriers: tuple[BarrierTheme, ...]
    summary: Opened
    at: datetime


class ConcernShown(Shown):
    """A worry about the person's safety that nobody dealt with yet, and who has to act."""

    concern_id: UUID
    owner_id: UUID
    what: Opened
    at: datetime


class HandlingShown(Shown):
    """A worry about the person's safety that was dealt with, and how."""

    concern: ConcernShown
    how: Opened
    at: datetime
    version: int = Field(description="What names it where that was a mistake and is taken back.")


class PutOffShown(Shown):
    """A line of Today that was put off, until when and why."""

    rule: int
    until: date = Field(description="The first day on which the line is shown again.")
    reason: Opened
    at: datetime


class PlanShown(Shown):
    """The latest plan."""

    plan_id: UUID
    goal: Opened
    drafted_at: datetime
    signed: list[ActionOwner]
    agreed_at: datetime | None
    review_by: date | None
    reviewed_at: datetime | None


class PromiseShown(Shown):
    """An action, the person's or the coach's."""

    action_id: UUID
    owner: ActionOwner
    what: Opened
    place: Opened
    means: Opened
    due: date
    status: ActionStage = Field(validation_alias="stage")
    at: datetime = Field(description="When it came to its status.")
    course: str | None
    suggested_by: ActionOwner | None
    stepped: int = Field(description="What a take-back of its last step names; 0 where nothing can be taken back.")


class ApplicationShown(Shown):
    """An application; `outcome` is why it is closed."""

    application_id: UUID
    state: ApplicationState
    at: datetime
    vacancy_id: UUID | None
    title: Opened
    employer: Opened
    brokered: bool
    sent_at: datetime | None
    cv_version: int | None
    interviews: int
    outcome: str | None = Field(examples=["rejected"])


class CheckInShown(Shown):
    """A check-in: its week, and the mood, null when nobody heard."""

    week: int
    at: datetime
    mood: CheckInMood | None
    word: Opened


class JobShown(Shown):
    """A job from its first day to its last."""

    job_id: UUID
    title: Opened
    employer: Opened
    starts_on: date | None
    hours_a_week: float | None
    self_employed: bool
    last_day: date | None
    ended: str | None
    check_ins: list[CheckInShown]


class CourseShown(Shown):
    """A course that the person began."""

    course: str
    lessons: int
    done: set[str]
    began_at: datetime | None
    completed_at: datetime | None


class EmployerShown(Shown):
    """An employer whom person and coach want to get to know."""

    employer_id: UUID
    name: Opened
    last_approach: datetime | None
    next_approach_on: date | None


class AppointmentShown(Shown):
    """An appointment without an outcome; `version` is what a command on it expects."""

    version: int
    starts_at: datetime
    minutes: int
    channel: MeetingChannel
    kind: AppointmentKind
    place: Opened
    link: Opened


class StandardShown(Shown):
    """A service standard that runs."""

    warn_on: date
    due: date


class FileShown(Shown):
    """Everything that the journey tells, with what is settled."""

    details: DetailsShown
    coaches: list[CoachingShown]
    track: TrackShown | None
    needs: NeedsShown | None
    concerns: Annotated[list[ConcernShown], AsList] = Field(description="Empty for the person themselves.")
    handled: Annotated[list[HandlingShown], AsList] = Field(description="Empty for the person themselves.")
    put_off: PutOffShown | None = Field(description=f"Of Today, while it lasts. {HIDDEN_FROM_THE_PERSON}")
    plan: PlanShown | None
    promises: Annotated[list[PromiseShown], AsList]
    applications: Annotated[list[ApplicationShown], AsList]
    jobs: Annotated[list[JobShown], AsList]
    courses: Annotated[list[CourseShown], AsList]
    employers: Annotated[list[EmployerShown], AsList]
    cv_version: int | None


class FunnelShown(Shown):
    """How the applications that were sent fared."""

    sent: int
    silent: int
    interviews: int
    offers: int


class AsOf(BaseModel):
    """The day at whose end it all stood like this, by when things happened or by when they were learned."""

    day: date
    by: By


class ParticipantPage(Identity):
    """The whole person."""

    status: Status = Field(description="Where the case stands on the day.")
    start_date: date | None
    ends_on: date | None
    next_step: ShownStep
    reasons: list[Why] | None = Field(description=f"Why a coach looks at them. {HIDDEN_FROM_THE_PERSON}")
    standards: dict[Standard, StandardShown] | None = Field(description=HIDDEN_FROM_THE_PERSON)
    appointments: dict[UUID, AppointmentShown]
    file: FileShown
    funnel: FunnelShown
    weeks_in_work: int
    aliases: list[AliasShown] = Field(description="Empty for the person themselves.")
    timeline: list[TimelineEntry]
    further: str | None = Field(description="Ask the timeline for `before` this entry to read on.")
    as_of: AsOf | None


@dataclass(frozen=True)
class Subject:
    """A person at a moment: how they stood, their file, what had happened under any of their ids, and who reads it."""

    standing: Standing
    dossier: Dossier
    rows: Sequence[TimelineRow]
    now: Now
    rules: ProgrammeRules
    for_person: bool
    new_jobs: int = 0
    as_of: AsOf | None = None
    aliases: Sequence[AliasShown] = ()

    @property
    def listed_rows(self) -> list[TimelineRow]:
        """What happened that is shown to who reads, the newest first."""
        types = frozenset(listed(for_person=self.for_person))
        seen = [row for row in self.rows if row.type_name in types]
        seen.sort(key=lambda row: (row.occurred_at, row.recorded_at, row.position, row.id), reverse=True)
        return seen


async def participant_page(keyring: Keyring, subject: Subject) -> ParticipantPage:
    """Open a person's page."""
    standing, now, dossier = subject.standing, subject.now, subject.dossier
    plain = await opened(keyring, dossier, standing.contact.appointments)
    file = FileShown.model_validate(dossier, context=plain)
    rows, further = _first(subject.listed_rows)
    bar = identity(standing, plain[dossier.details.called] if dossier.details.called else None, now)
    if file.put_off and file.put_off.until <= now.today:
        file = file.model_copy(update={"put_off": None})
    if subject.for_person:
        bar, file = _for_person(bar, file)
    appointments = standing.contact.appointments.items()
    return ParticipantPage(
        **vars(bar),
        status=standing.status(now.today),
        start_date=standing.case.start_date,
        ends_on=standing.case.ends_on,
        next_step=ShownStep.of(
            next_step(standing, now, subject.rules.next_step, subject.rules.today, subject.new_jobs)
        ),
        reasons=None if subject.for_person else _reasons(subject, plain),
        standards=None if subject.for_person else _standards(standing),
        appointments={id_: AppointmentShown.model_validate(one, context=plain) for id_, one in appointments},
        file=file,
        funnel=_funnel(funnel_of(dossier.applications.values())),
        weeks_in_work=weeks_in_work(dossier.jobs.values(), now.today),
        aliases=list(subject.aliases),
        timeline=await timeline_entries(keyring, rows, subject.rows, now.zone, for_person=subject.for_person),
        further=further,
        as_of=subject.as_of,
    )


def _first(rows: Sequence[TimelineRow]) -> tuple[Sequence[TimelineRow], str | None]:
    return (rows[:ENTRIES], rows[ENTRIES - 1].id) if len(rows) > ENTRIES else (rows, None)


def _reasons(subject: Subject, plain: Plain) -> list[Why]:
    standing = subject.standing
    return [Why.of(reason, plain) for reason in reasons_for(standing, subject.now, subject.rules.today)]


def _standards(standing: Standing) -> dict[Standard, StandardShown]:
    return {name: StandardShown.model_validate(one) for name, one in standing.plan.standards.items()}


def _funnel(funnel: Funnel) -> FunnelShown:
    return FunnelShown.model_validate(funnel)


def _for_person(bar: Identity, file: FileShown) -> tuple[Identity, FileShown]:
    """Leave out what is for the staff alone."""
    needs = file.needs.model_copy(update={"summary": None}) if file.needs else None
    track = file.track.model_copy(update={"reason": None}) if file.track else None
    hidden: dict[str, object] = {"needs": needs, "track": track, "concerns": [], "handled": [], "put_off": None}
    return bar.model_copy(update={"warnings": []}), file.model_copy(update=hidden)
