"""What a person's file holds: values that are filled in as facts are read, words still sealed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from caseload.standing import ApplicationState
from events.caseload import ActionOwner, ActionStage, BarrierTheme, CheckInMood, Track
from events.sealed import Sealed


@dataclass
class Details:
    """Who the person is and how to reach them, as the latest referral told."""

    name: Sealed | None = None
    date_of_birth: Sealed | None = None
    email: Sealed | None = None
    phone: Sealed | None = None
    address: Sealed | None = None
    postcode: Sealed | None = None
    preferred_name: Sealed | None = None

    @property
    def called(self) -> Sealed | None:
        """The name that they go by."""
        return self.preferred_name or self.name


@dataclass
class ChosenTrack:
    """How much self-service leads, by whom and why."""

    track: Track
    coach_id: UUID
    reason: Sealed
    at: datetime


@dataclass
class Needs:
    """What stands between the person and work."""

    barriers: tuple[BarrierTheme, ...]
    summary: Sealed | None
    at: datetime


@dataclass
class WrittenPlan:
    """The latest plan."""

    plan_id: UUID
    goal: Sealed
    drafted_at: datetime
    signed: list[ActionOwner] = field(default_factory=list)
    agreed_at: datetime | None = None
    review_by: date | None = None
    reviews: list[datetime] = field(default_factory=list)

    @property
    def reviewed_at(self) -> datetime | None:
        """When coach and person went through it last."""
        return self.reviews[-1] if self.reviews else None


@dataclass
class Promise:
    """An action, the person's or the coach's."""

    action_id: UUID
    owner: ActionOwner
    what: Sealed
    place: Sealed | None
    means: Sealed | None
    due: date
    stage: ActionStage
    at: datetime
    course: str | None = None
    begun: bool = False
    suggested_by: ActionOwner | None = None
    stepped: int = 0
    """The version of the case at which it came to its stage, where that can be taken back."""


@dataclass
class Application:
    """An application; `outcome` is why it is closed."""

    application_id: UUID
    state: ApplicationState
    at: datetime
    vacancy_id: UUID | None = None
    title: Sealed | None = None
    employer: Sealed | None = None
    brokered: bool = False
    sent_at: datetime | None = None
    cv_version: int | None = None
    interviews: int = 0
    offered: bool = False
    outcome: str | None = None


@dataclass
class CheckedIn:
    """A check-in: its week, and the mood or that nobody heard."""

    week: int
    at: datetime
    mood: CheckInMood | None
    word: Sealed | None = None


NOT_STARTED: Final = "not_started"


@dataclass
class Employment:
    """A job from its first day to its last."""

    job_id: UUID
    title: Sealed | None
    employer: Sealed | None
    starts_on: date | None
    hours_a_week: float | None
    self_employed: bool = False
    last_day: date | None = None
    ended: str | None = None
    check_ins: list[CheckedIn] = field(default_factory=list)


@dataclass
class Learning:
    """A course that the person began."""

    course: str
    lessons: int
    done: set[str] = field(default_factory=set)
    began_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass
class Target:
    """An employer whom person and coach want to get to know."""

    employer_id: UUID
    name: Sealed
    last_approach: datetime | None = None
    next_approach_on: date | None = None


@dataclass
class Concern:
    """A worry about the person's safety that nobody dealt with yet, and who has to act."""

    concern_id: UUID
    owner_id: UUID
    what: Sealed
    at: datetime


@dataclass
class Handling:
    """A worry that was dealt with, how and when; `version` is that of the case at which it was."""

    concern: Concern
    how: Sealed
    at: datetime
    version: int


@dataclass
class PutOff:
    """A line of Today that the coach put off, and why."""

    rule: int
    until: date
    reason: Sealed
    at: datetime


@dataclass
class OfCase:
    """What is asked of one case alone: its worries about safety, and that the person was put off in it."""

    concerns: dict[UUID, Concern] = field(default_factory=dict)
    handled: dict[UUID, Handling] = field(default_factory=dict)
    put_off: PutOff | None = None


@dataclass
class Coaching:
    """A coach, and since when."""

    coach_id: UUID
    since: datetime


@dataclass
class Dossier:
    """Everything together; what is settled stays in it."""

    details: Details = field(default_factory=Details)
    coaches: list[Coaching] = field(default_factory=list)
    track: ChosenTrack | None = None
    needs: Needs | None = None
    cases: dict[UUID, OfCase] = field(default_factory=dict)
    """By their ids, the latest last; one that was entered in error is gone where there is another."""
    plan: WrittenPlan | None = None
    promises: dict[UUID, Promise] = field(default_factory=dict)
    applications: dict[UUID, Application] = field(default_factory=dict)
    jobs: dict[UUID, Employment] = field(default_factory=dict)
    courses: dict[UUID, Learning] = field(default_factory=dict)
    employers: dict[UUID, Target] = field(default_factory=dict)
    cv_version: int | None = None

    @property
    def concerns(self) -> dict[UUID, Concern]:
        """The worries about safety that nobody dealt with yet."""
        return self._latest.concerns

    @property
    def handled(self) -> dict[UUID, Handling]:
        """The worries about safety that were dealt with."""
        return self._latest.handled

    @property
    def put_off(self) -> PutOff | None:
        """Why they are not on Today."""
        return self._latest.put_off

    @property
    def _latest(self) -> OfCase:
        return next(reversed(self.cases.values()), OfCase())
