"""A job of a person: expected, begun, on other terms, ended; and how it goes, asked after some weeks."""

from collections.abc import Collection
from dataclasses import field
from datetime import date, datetime
from typing import Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.caseload import (
    CheckInFellDue,
    CheckInMissed,
    CheckInRecorded,
    CheckInTakenBack,
    JobEnded,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
)
from events.fact import Fact


class JobHasEnded(Refusal):
    """The job came to its end. If that is wrong it can be taken back; another job can be recorded."""


class JobNeverStarted(Refusal):
    """The job never began. If that is wrong it can be taken back; another job can be recorded."""


class JobIsOpen(Refusal):
    """Nobody said that the job ended or never began, so there is nothing to take back."""


class JobHasBegun(Refusal):
    """The person said how this job goes, so it did begin; it can only end."""


class JobStartUnknown(Refusal):
    """The first day of the job has to be told before anything follows from it."""


class EndsBeforeItStarts(Refusal):
    """A job does not end before its first day."""

    about = "last_day"


class JobStillRuns(Refusal):
    """The end of a job is told when it has come."""

    about = "last_day"


class TermsBeforeItStarts(Refusal):
    """Other terms hold from a day on which the job has begun."""

    about = "from_day"


class NoSuchCheckIn(Refusal):
    """After this week nobody is asked how this job goes."""


class CheckInNotDue(Refusal):
    """The week is not complete yet: it is asked later how the job goes."""


class CheckInAlreadyRecorded(Refusal):
    """The person has said how the job went by then."""


class CheckInNotRecorded(Refusal):
    """This is not what the person said last of how the job goes, so it cannot be taken back."""


OPEN = ("start", "terms", "end", "not-started", "check-ins")
OVER = ("correct",)
TOLD_BY_TIME = (CheckInFellDue, CheckInMissed)


class Job(Aggregate):
    """The rules of a job. A person may have several at once: each is a life of its own."""

    begins_with = JobRecorded

    case_id: UUID = UUID(int=0)
    starts_on: date | None = None
    terms: tuple[float | None, float | None, bool | None] = (None, None, None)
    """Hours a week, pounds a year, and whether they work for themselves."""
    last_day: date | None = None
    never_began: bool = False
    check_ins: dict[int, date] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)
    answered: dict[int, int] = field(default_factory=dict)
    """The weeks after which the person said how it goes, each with the version of the fact."""
    missed: set[int] = field(default_factory=set)
    last_told: int = 0
    """The version of the last fact that somebody told, not only time."""

    @classmethod
    def note(cls, id: UUID, recorded: JobRecorded) -> Self:  # noqa: A002  (the library's own word)
        """Return a job that the person has, or will have."""
        return cls.begin(id, recorded)

    def set_start(self, start: JobStartDateSet) -> None:
        """Take the first day of the job, or another one than before."""
        self._require_open()
        if self.answered:
            self._refuse(JobHasBegun, ["end"])
        if self.starts_on != start.starts_on:
            self.record(start)

    def revise(self, revised: JobTermsRevised) -> None:
        """Take other hours or pay from a day on."""
        starts_on = self._require_open()
        if starts_on is None:
            self._refuse(JobStartUnknown, ["start"])
        elif revised.from_day < starts_on:
            self._refuse(TermsBeforeItStarts, OPEN)
        elif self.terms != self._terms_by(revised):
            self.record(revised)

    def end(self, ended: JobEnded, today: date) -> None:
        """Note that the job came to its end."""
        if self.last_day == ended.last_day:
            return
        starts_on = self._require_open()
        if starts_on is None:
            self._refuse(JobStartUnknown, ["start", "not-started"])
        elif ended.last_day < starts_on:
            self._refuse(EndsBeforeItStarts, ["not-started"])
        elif ended.last_day > today:
            self._refuse(JobStillRuns, OPEN)
        else:
            self.record(ended)

    def did_not_start(self, not_started: JobNotStarted) -> None:
        """Note that a job which was expected never began."""
        if self.never_began:
            return
        self._require_open()
        if self.answered:
            self._refuse(JobHasBegun, ["end"])
        self.record(not_started)

    def correct(self, at: datetime) -> None:
        """Take back that the job ended, or never began: it is open again."""
        if self._lasts:
            self._refuse(JobIsOpen, OPEN)
        self.record(JobOutcomeCorrected(occurred_at=at))

    def let_check_in_fall_due(self, week: int, day: date, at: datetime) -> None:
        """Note, once, that it is time to ask how the job goes: the week is complete on `day`, which began `at`."""
        due = self.check_ins.get(week)
        if self._lasts and due is not None and due <= day and week not in self.asked | self.answered.keys():
            self.record(CheckInFellDue(occurred_at=at, week=week, due=due))

    def let_check_in_pass(self, week: int, at: datetime) -> None:
        """Note, once, that nobody said how the job goes in the week after it was asked."""
        if self._lasts and week in self.asked - self.answered.keys() - self.missed:
            self.record(CheckInMissed(occurred_at=at, week=week, due=self.check_ins[week]))

    def check_in(self, recorded: CheckInRecorded, today: date) -> None:
        """Take what the person says of the job, also later than it was asked."""
        self._require_open()
        if recorded.week not in self.check_ins:
            self._refuse(NoSuchCheckIn, [f"check-ins/{week}" for week in self.check_ins])
        if recorded.week in self.answered:
            self._refuse(CheckInAlreadyRecorded, self._check_ins_open(today))
        if self.check_ins[recorded.week] > today:
            self._refuse(CheckInNotDue, self._check_ins_open(today))
        self.record(recorded)

    def take_check_in_back(self, week: int, version: int, at: datetime) -> None:
        """Take back what was recorded last of how the job goes, the fact at that version: it may be asked again."""
        if self.answered.get(week) != version or version != max(self.answered.values()):
            self._refuse(CheckInNotRecorded, ())
        self.record(CheckInTakenBack(occurred_at=at, week=week, taken_back=version))

    @property
    def _lasts(self) -> bool:
        return self.last_day is None and not self.never_began

    def _check_ins_open(self, today: date) -> list[str]:
        return [
            f"check-ins/{week}" for week, day in self.check_ins.items() if day <= today and week not in self.answered
        ]

    def _require_open(self) -> date | None:
        if self.never_began:
            self._refuse(JobNeverStarted, OVER)
        if self.last_day is not None:
            self._refuse(JobHasEnded, OVER)
        return self.starts_on

    def _refuse(self, refusal: type[Refusal], allowed: Collection[str]) -> None:
        raise refusal(str(refusal.__doc__), allowed)

    def _terms_by(self, revised: JobTermsRevised) -> tuple[float | None, float | None, bool | None]:
        """Return the terms after a revision: what it does not tell stays as it was."""
        hours, pay, own = self.terms
        return (
            hours if revised.hours_a_week is None else revised.hours_a_week,
            pay if revised.pay_a_year is None else revised.pay_a_year,
            own if revised.self_employed is None else revised.self_employed,
        )

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        if not isinstance(fact, TOLD_BY_TIME):
            self.last_told = 1 if isinstance(fact, JobRecorded) else self.version + 1
        match fact:
            case JobRecorded():
                self.subject, self.tenant, self.case_id = fact.participant_id, fact.provider_id, fact.case_id
                self.terms = fact.hours_a_week, fact.pay_a_year, fact.self_employed
                self._take_start(fact)
            case JobStartDateSet():
                self._take_start(fact)
            case JobTermsRevised():
                self.terms = self._terms_by(fact)
            case JobNotStarted():
                self.never_began = True
            case JobEnded(last_day=last_day):
                self.last_day = last_day
            case JobOutcomeCorrected():
                self.last_day, self.never_began = None, False
            case _:
                self._fold_check_in(fact)

    def _fold_check_in(self, fact: Fact) -> None:
        match fact:
            case CheckInFellDue(week=week):
                self.asked.add(week)
            case CheckInRecorded(week=week):
                self.answered[week] = self.version + 1
            case CheckInTakenBack(week=week):
                del self.answered[week]
            case CheckInMissed(week=week):
                self.missed.add(week)
            case _:
                super().fold(fact)

    def _take_start(self, fact: JobRecorded | JobStartDateSet) -> None:
        self.starts_on = fact.starts_on
        self.check_ins = dict(zip(fact.check_in_weeks, fact.check_ins, strict=True))
