"""An application: one person and one vacancy, from keeping it in mind to a job, or to an end that can be undone."""

from dataclasses import field, replace
from datetime import date, datetime
from uuid import UUID

from chassis.aggregate import Aggregate
from events.fact import Fact
from events.jobsearch import (
    ApplicationAcknowledged,
    ApplicationBegun,
    ApplicationChased,
    ApplicationDropped,
    ApplicationEnd,
    ApplicationFellThrough,
    ApplicationInterestExpressed,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationSaved,
    ApplicationSent,
    ApplicationSuperseded,
    ApplicationUnanswered,
    ApplicationVacancyClosed,
    ApplicationWithdrawn,
    InterviewCancelled,
    InterviewHeld,
    InterviewInvited,
    InterviewPrepared,
    InterviewRescheduled,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
)
from events.sealed import Sealed
from jobsearch.application_refusals import REFUSED_IN, SentInTheFuture
from jobsearch.interview import Interview, InterviewState, find_interview, require_ahead, require_over
from jobsearch.stages import (
    CLOSED,
    CLOSES_ITSELF,
    OF_APPLICATIONS,
    OPEN,
    UNSENT,
    Stage,
    allowed,
    follow,
    waiting_since,
)


class Application(Aggregate):
    """The rules of an application. Every decision takes the moment at which it happened.

    `waiting_since` is when the wait for the employer's answer began, or began again.
    """

    begins_with = ApplicationSaved

    stage: Stage = Stage.SAVED
    before: Stage = Stage.SAVED
    sent: bool = False
    acknowledged: bool = False
    ahead: int = 0
    held: int = 0
    vacancy_id: UUID | None = None
    title: Sealed | None = None
    employer: Sealed | None = None
    superseded_by: UUID | None = None
    answer_by: date | None = None
    waiting_since: datetime | None = None
    interviews: dict[UUID, Interview] = field(default_factory=dict)

    @property
    def allowed(self) -> tuple[str, ...]:
        """What can be asked of it now."""
        return allowed(self.stage, sent=self.sent)

    def express_interest(self, now: datetime) -> None:
        """Note that the person wants to apply."""
        if self._moves("interest", Stage.INTERESTED):
            self.record(ApplicationInterestExpressed(occurred_at=now))

    def begin_preparing(self, now: datetime) -> None:
        """Note that the person prepares the application."""
        if self._moves("begin", Stage.PREPARING):
            self.record(ApplicationBegun(occurred_at=now))

    def send(self, sent: ApplicationSent, now: datetime) -> None:
        """Note that the person applied, now or earlier."""
        if sent.occurred_at > now:
            raise SentInTheFuture(str(SentInTheFuture.__doc__))
        if self._moves("send", Stage.APPLIED):
            self._go_on(now)
            self.record(sent)

    def acknowledge(self, now: datetime) -> None:
        """Note that the employer confirmed it; one that had come further before its end goes on from there."""
        if self._moves("acknowledge", Stage.ACKNOWLEDGED):
            self._go_on(now)
            if self.stage is Stage.APPLIED:
                self.record(ApplicationAcknowledged(occurred_at=now))

    def chase(self, now: datetime) -> None:
        """Note that the person asked what became of it: the wait begins again."""
        self._require("chase")
        self.record(ApplicationChased(occurred_at=now))

    def invite(self, invited: InterviewInvited) -> None:
        """Note that the employer wants to see the person, for the first time or once more."""
        if invited.interview_id in self.interviews:
            return
        self._require("interviews")
        self._go_on(invited.occurred_at)
        self.record(invited)

    @property
    def next_round(self) -> int:
        """Which round the next interview would be: one that was cancelled was none."""
        return 1 + sum(one.state is not InterviewState.CANCELLED for one in self.interviews.values())

    def reschedule(self, moved: InterviewRescheduled) -> None:
        """Note that an interview has a time, or another one."""
        interview = self._interview_ahead(moved.interview_id)
        changed = (interview.day, interview.starts_at) != (moved.day, moved.starts_at)
        if changed or moved.channel or moved.place:
            self.record(moved)

    def prepare(self, interview_id: UUID, now: datetime) -> None:
        """Note that the person is prepared for an interview."""
        if not self._interview_ahead(interview_id).prepared:
            self.record(InterviewPrepared(occurred_at=now, interview_id=interview_id))

    def hold(self, interview_id: UUID, now: datetime, today: date) -> None:
        """Note that an interview took place; `today` is the day it is where the programme is."""
        if self._interview(interview_id).state is InterviewState.HELD:
            return
        interview = self._interview_ahead(interview_id)
        require_over(interview, now, today)
        self.record(InterviewHeld(occurred_at=now, interview_id=interview_id))

    def cancel_interview(self, interview_id: UUID, now: datetime) -> None:
        """Note that an interview will not take place."""
        if self._interview(interview_id).state is not InterviewState.CANCELLED:
            self._interview_ahead(interview_id)
            self.record(InterviewCancelled(occurred_at=now, interview_id=interview_id))

    def offer(self, answer_by: date | None, now: datetime) -> None:
        """Note that the employer offers the job, or wants to be answered by another day."""
        if self.stage is Stage.OFFERED and answer_by == self.answer_by:
            return
        self._require("offer")
        self._go_on(now)
        self.record(OfferMade(occurred_at=now, answer_by=answer_by))

    def accept(self, accepted: OfferAccepted) -> None:
        """Note that the person takes the job; also after a refusal, because people change their minds."""
        if self._moves("accept", Stage.ACCEPTED):
            self.record(accepted)

    def decline(self, now: datetime) -> None:
        """Note that the person does not take the job, or not after all."""
        if self._moves("decline", Stage.DECLINED):
            self.record(OfferDeclined(occurred_at=now))

    def reject(self, reason: ApplicationEnd, now: datetime) -> None:
        """Note that the employer said no."""
        if self._moves("reject", Stage.UNSUCCESSFUL):
            self.record(ApplicationRejected(occurred_at=now, reason=reason))

    def withdraw(self, reason: ApplicationDropped, now: datetime) -> None:
        """Note that the person took the application back."""
        if self._moves("withdraw", Stage.WITHDRAWN):
            self.record(ApplicationWithdrawn(occurred_at=now, reason=reason))

    def give_up_waiting(self, now: datetime) -> None:
        """Note that nobody answers, when the person no longer wants to wait."""
        if self._moves("silent", Stage.NO_RESPONSE):
            self.record(ApplicationUnanswered(occurred_at=now))

    def reopen(self, now: datetime) -> None:
        """Let a closed application go on where it was."""
        if self.stage not in OPEN:
            self._require("reopen")
            self.record(ApplicationReopened(occurred_at=now))

    def let_go_silent(self, waiting_since: datetime, passed: datetime) -> None:
        """Close it kindly when the wait that began then has lasted too long, unless there was news in between."""
        if self.stage in CLOSES_ITSELF and self.waiting_since == waiting_since:
            self.record(ApplicationUnanswered(occurred_at=passed))

    def supersede(self, by: UUID, now: datetime) -> None:
        """Let it rest, because another one was accepted."""
        if self.stage in OPEN:
            self.record(ApplicationSuperseded(occurred_at=now, by_application_id=by))

    def restore(self, by: UUID, now: datetime) -> None:
        """Bring it back to where it was, because the accepted one, `by`, fell through."""
        if self.stage is Stage.SUPERSEDED and self.superseded_by == by:
            self.record(ApplicationRestored(occurred_at=now))

    def close_vacancy(self, now: datetime) -> None:
        """Note that the vacancy is gone, unless the person had applied before."""
        if self.stage in UNSENT:
            self.record(ApplicationVacancyClosed(occurred_at=now))

    def fall_through(self, now: datetime) -> None:
        """Note that the accepted job never began."""
        if self.stage is Stage.ACCEPTED:
            self.record(ApplicationFellThrough(occurred_at=now))

    def _moves(self, deed: str, stage: Stage) -> bool:
        """Return whether it has yet to come to `stage`; refuse when it cannot."""
        if self.stage is not stage:
            self._require(deed)
        return self.stage is not stage

    def _require(self, deed: str) -> None:
        if deed not in self.allowed:
            refusal = REFUSED_IN[self.stage]
            raise refusal(str(refusal.__doc__), self.allowed)

    def _go_on(self, now: datetime) -> None:
        """Reopen what was closed, because the employer answered, or the person applied, after all."""
        if self.stage in CLOSED:
            self.record(ApplicationReopened(occurred_at=now))

    def _interview(self, interview_id: UUID) -> Interview:
        return find_interview(self.interviews, interview_id)

    def _interview_ahead(self, interview_id: UUID) -> Interview:
        interview = self._interview(interview_id)
        require_ahead(interview, self.allowed)
        return interview

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        if type(fact) not in OF_APPLICATIONS:
            super().fold(fact)
        follow(self, fact)
        self.waiting_since = waiting_since(fact, self.waiting_since)
        match fact:
            case ApplicationSaved():
                self.subject, self.tenant, self.vacancy_id = fact.participant_id, fact.provider_id, fact.vacancy_id
                self.title, self.employer = fact.title, fact.employer
            case InterviewInvited() | InterviewRescheduled():
                known = self.interviews.get(fact.interview_id, Interview(None, None))
                self.interviews[fact.interview_id] = replace(known, day=fact.day, starts_at=fact.starts_at)
            case InterviewPrepared(interview_id=id):
                self.interviews[id] = replace(self.interviews[id], prepared=True)
            case InterviewHeld(interview_id=id):
                self.interviews[id] = replace(self.interviews[id], state=InterviewState.HELD)
            case InterviewCancelled(interview_id=id):
                self.interviews[id] = replace(self.interviews[id], state=InterviewState.CANCELLED)
            case OfferMade():
                self.answer_by = fact.answer_by
            case ApplicationSuperseded():
                self.superseded_by = fact.by_application_id
