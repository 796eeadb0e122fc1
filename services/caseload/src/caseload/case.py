"""A case: one accepted person with a provider's programme, a coach, what they agreed and when they spoke."""

from collections.abc import Iterable
from dataclasses import field
from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from caseload.action import ACTION_FACTS, Actions
from caseload.case_status import LIFE_FACTS, Life, Status, refuse_from
from caseload.concern import CONCERN_FACTS, Concerns
from caseload.cover import Cover, coaches_at, require_cover
from caseload.plan import PLAN_FACTS, Plan
from chassis.aggregate import Aggregate, Refusal
from events.caseload import (
    ActionAgreed,
    ActionOwner,
    ActionSuggested,
    CaseCompleted,
    CaseCovered,
    CaseCoverEnded,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseNotStarted,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    CaseSnoozed,
    CaseStarted,
    CaseUnsnoozed,
    CoachAssigned,
    ContactRecorded,
    ContactRecordedInError,
    NeedsAssessed,
    NextStepSetAside,
    NextStepTakenUp,
    PlanDrafted,
    PlanReviewed,
    SafetyConcernHandled,
    SafetyConcernRaised,
    SetAsideReason,
    TrackChosen,
)
from events.fact import Fact

COACH: Final = ActionOwner.COACH


class ContactInTheFuture(Refusal):
    """A contact is recorded when it has happened, not before."""

    about = "occurred_at"


class NoSuchContact(Refusal):
    """The case has no contact of that id."""


class SnoozedIntoThePast(Refusal):
    """A line of Today is put off until a day that is still to come."""

    about = "until"


class ConcernPutOff(Refusal):
    """A worry about safety is not put off: who has to act does."""

    about = "rule"


class PausedIntoThePast(Refusal):
    """A case rests until a day that is still to come."""

    about = "until"


SAFETY: Final = 1
"""The rule of Today that is about safety."""


class Case(Aggregate):
    """The rules of a case. Every decision takes the moment, or the day in the programme's time zone, of its making."""

    begins_with = CaseOpened

    programme_id: UUID | None = None
    referral_id: UUID | None = None
    coach_id: UUID | None = None
    cover: Cover | None = None
    life: Life = field(default_factory=Life)
    actions: Actions = field(default_factory=Actions)
    plan: Plan = field(default_factory=Plan)
    concerns: Concerns = field(default_factory=Concerns)
    set_aside: dict[str, tuple[date, SetAsideReason]] = field(default_factory=dict)
    snoozed: tuple[int, date] | None = None
    contacts: dict[UUID, UUID] = field(default_factory=dict)
    """Who recorded each contact."""
    taken_back: set[UUID] = field(default_factory=set)

    @classmethod
    def open(cls, id: UUID, opened: CaseOpened, coach_id: UUID | None) -> Self:  # noqa: A002  (the library's own word)
        """Return a new case, with its coach when one is already chosen."""
        case = cls.begin(id, opened)
        if coach_id:
            case.assign(coach_id, opened.occurred_at)
        return case

    def assign(self, coach_id: UUID, now: datetime) -> None:
        """Make a coach responsible."""
        if self.coach_id != coach_id:
            self.record(CoachAssigned(occurred_at=now, coach_id=coach_id))

    def stand_in(self, covered: CaseCovered, now: datetime) -> None:
        """Let another coach stand in for the coach for a time."""
        self.life.require_open()
        require_cover(covered, self.coach_id, now)
        if self.cover != Cover(covered.coach_id, covered.begins_at, covered.ends_at):
            self.record(covered)

    def end_cover(self, now: datetime) -> None:
        """Let nobody stand in any longer, now or later."""
        if self.cover and now < self.cover.ends_at:
            self.record(CaseCoverEnded(occurred_at=now))

    def coaches_at(self, moment: datetime) -> frozenset[UUID | None]:
        """Return who coaches the case at a moment."""
        return coaches_at(self.coach_id, self.cover, moment)

    def start(self, started: CaseStarted) -> None:
        """Let the person be on the programme from a day on, which may still be to come."""
        self.life.require_open()
        if self.life.starts_on is None:
            self.record(started)
        elif self.life.starts_on != started.start_date:
            refuse_from(Status.ACTIVE)

    def close_unstarted(self, today: date, now: datetime) -> None:
        """Close the case of somebody who never began."""
        if self.life.moves("did-not-start", today):
            self.record(CaseNotStarted(occurred_at=now))

    def pause(self, paused: CasePaused, today: date) -> None:
        """Let the case rest, or rest for another reason or time."""
        if paused.until and paused.until < today:
            raise PausedIntoThePast(str(PausedIntoThePast.__doc__))
        self.life.moves("pause", today)
        if (self.life.pause, self.life.paused_until) != (paused.reason, paused.until):
            self.record(paused)

    def resume(self, today: date, now: datetime) -> None:
        """Go on with a case that rested."""
        if self.life.moves("resume", today):
            self.record(CaseResumed(occurred_at=now))

    def complete(self, today: date, now: datetime) -> None:
        """Close the case of somebody who went the whole way."""
        if self.life.moves("complete", today):
            self.record(CaseCompleted(occurred_at=now))

    def exit_early(self, exited: CaseExitedEarly, today: date) -> None:
        """Close the case of somebody who leaves before the end."""
        if self.life.moves("exit", today):
            self.record(exited)

    def reactivate(self, reactivated: CaseReactivated, today: date) -> None:
        """Go on with a closed case."""
        if self.life.moves("reactivate", today):
            self.record(reactivated)

    def hand_back(self, handed_back: CaseHandedBack, today: date) -> None:
        """Give the person of a closed case back to the referrer, with a report."""
        if self.life.moves("hand-back", today):
            self.record(handed_back)

    def enter_in_error(self, entered: CaseEnteredInError, today: date) -> None:
        """Say that the case should never have been there."""
        if self.life.moves("entered-in-error", today):
            self.record(entered)

    def choose_track(self, chosen: TrackChosen) -> None:
        """Decide how much self-service leads. Its reason lies sealed, so that one which is told again is told again."""
        self.life.require_open()
        self.record(chosen)

    def assess_needs(self, assessed: NeedsAssessed) -> None:
        """Take what stands between the person and work."""
        self._record_open([assessed])

    def raise_concern(self, raised: SafetyConcernRaised) -> None:
        """Take a worry about the person's safety; its owner has to act, whatever the case's status."""
        self.record(raised)

    def handle_concern(self, handled: SafetyConcernHandled) -> None:
        """Note that a worry was dealt with."""
        for fact in self.concerns.handle(handled):
            self.record(fact)

    def take_handling_back(self, concern_id: UUID, version: int, now: datetime) -> None:
        """Take back that a worry was dealt with, the fact at that version."""
        self.record(self.concerns.take_handling_back(concern_id, version, now))

    def suggest(self, suggested: ActionSuggested, today: date) -> None:
        """Take a step that one of the two proposes."""
        self._record_open(self.actions.suggest(suggested, today))

    def agree(self, agreed: ActionAgreed, today: date, by: ActionOwner = COACH) -> None:
        """Take an action that both agree on, `today` in the programme's time zone."""
        self._record_open(self.actions.agree(agreed, today, by))

    def begin_action(self, action_id: UUID, now: datetime, by: ActionOwner = COACH) -> None:
        """Note that work on an action is in progress."""
        self._record_open(self.actions.begin(action_id, by, now))

    def put_on_standby(self, action_id: UUID, now: datetime, by: ActionOwner = COACH) -> None:
        """Let an action rest."""
        self._record_open(self.actions.stand_by(action_id, by, now))

    def resume_action(self, action_id: UUID, now: datetime, by: ActionOwner = COACH) -> None:
        """Go on with an action that rested."""
        self._record_open(self.actions.resume(action_id, by, now))

    def finish(self, action_id: UUID, now: datetime, by: ActionOwner = COACH) -> None:
        """Mark an action as done, late or not."""
        self._record_open(self.actions.finish(action_id, by, now))

    def finish_course(self, course: str, now: datetime) -> None:
        """Mark the open actions as done that consist in a course."""
        self._record_open(list(self.actions.finish_course(course, now)))

    def cancel(self, action_id: UUID, now: datetime, by: ActionOwner = COACH) -> None:
        """Take back an action that nobody wants any more."""
        self._record_open(self.actions.cancel(action_id, by, now))

    def take_step_back(self, action_id: UUID, version: int, now: datetime, by: ActionOwner = COACH) -> None:
        """Take back what was noted of an action last, the fact at that version."""
        self._record_open(self.actions.take_back(action_id, version, by, now))

    def move_due(self, action_id: UUID, due: date, today: date, now: datetime) -> None:
        """Give an agreed action another due date."""
        self._record_open(self.actions.move_due(action_id, due, today, now))

    def let_fall_due(self, action_id: UUID, late_on: date, passed: datetime) -> None:
        """Note, once, that an action is late from the day `late_on`, which began at `passed`."""
        self._record_open(self.actions.let_fall_due(action_id, late_on, passed))

    def draft_plan(self, drafted: PlanDrafted) -> None:
        """Write a plan down; an older one is superseded."""
        self._record_open([drafted])

    def sign_plan(self, plan_id: UUID | None, by: ActionOwner, review_by: date, now: datetime) -> None:
        """Take the signature of one of the two; with both, the plan is agreed and reviewed by `review_by`."""
        self._record_open(list(self.plan.sign(plan_id, by, review_by, now)))

    def review_plan(self, reviewed: PlanReviewed) -> None:
        """Note that both went through the plan."""
        self.plan.require_agreed()
        self._record_open([reviewed])

    def take_review_back(self, version: int, now: datetime) -> None:
        """Take back that both went through the plan, the fact at that version."""
        self._record_open([self.plan.take_review_back(version, now)])

    def set_step_aside(self, aside: NextStepSetAside) -> None:
        """Show another step than this one until the day. Another reason is told too: one of them asks for help."""
        if self.set_aside.get(aside.step) != (aside.until, aside.reason):
            self._record_open([aside])

    def take_step_up(self, step: str, now: datetime) -> None:
        """Show a step again that was set aside."""
        if step in self.set_aside:
            self.record(NextStepTakenUp(occurred_at=now, step=step))

    def snooze(self, snoozed: CaseSnoozed, today: date) -> None:
        """Put a line of Today off, but never one about safety."""
        if snoozed.rule == SAFETY:
            raise ConcernPutOff(str(ConcernPutOff.__doc__))
        if snoozed.until <= today:
            raise SnoozedIntoThePast(str(SnoozedIntoThePast.__doc__))
        if self.snoozed != (snoozed.rule, snoozed.until):
            self.record(snoozed)

    def unsnooze(self, now: datetime) -> None:
        """Take a snooze back."""
        if self.snoozed:
            self.record(CaseUnsnoozed(occurred_at=now))

    def record_contact(self, contact: ContactRecorded, now: datetime) -> None:
        """Take a contact between coach and person, also one that was not written down at once."""
        if contact.occurred_at > now:
            raise ContactInTheFuture(str(ContactInTheFuture.__doc__))
        self.record(contact)

    def take_contact_back(self, contact_id: UUID, now: datetime) -> None:
        """Let a contact count no longer that was recorded by mistake."""
        if contact_id not in self.contacts:
            raise NoSuchContact(str(NoSuchContact.__doc__))
        if contact_id not in self.taken_back:
            self.record(ContactRecordedInError(occurred_at=now, contact_id=contact_id))

    def _record_open(self, facts: Iterable[Fact]) -> None:
        """Record what follows, in a case that is not closed."""
        self.life.require_open()
        for fact in facts:
            self.record(fact)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case CaseOpened():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.programme_id, self.referral_id = fact.programme_id, fact.referral_id
            case CoachAssigned(coach_id=coach_id):
                self.coach_id, self.cover = coach_id, None
            case CaseSnoozed(rule=rule, until=until):
                self.snoozed = rule, until
            case CaseUnsnoozed():
                self.snoozed = None
            case NeedsAssessed() | TrackChosen():
                pass
            case _:
                self._fold_what_can_be_undone(fact)

    def _fold_what_can_be_undone(self, fact: Fact) -> None:
        match fact:
            case CaseCovered(coach_id=coach_id, begins_at=begins_at, ends_at=ends_at):
                self.cover = Cover(coach_id, begins_at, ends_at)
            case CaseCoverEnded():
                self.cover = None
            case ContactRecorded(contact_id=contact_id, coach_id=coach_id):
                if contact_id:
                    self.contacts[contact_id] = coach_id
            case ContactRecordedInError(contact_id=contact_id):
                self.taken_back.add(contact_id)
            case NextStepSetAside(step=step, until=until, reason=reason):
                self.set_aside[step] = until, reason
            case NextStepTakenUp(step=step):
                self.set_aside.pop(step, None)
            case _:
                self._fold_part(fact)

    def _fold_part(self, fact: Fact) -> None:
        version = self.version + 1
        if isinstance(fact, LIFE_FACTS):
            self.life = self.life.after(fact)
        elif isinstance(fact, ACTION_FACTS):
            self.actions.fold(fact, version)
        elif isinstance(fact, PLAN_FACTS):
            self.plan = self.plan.after(fact, version)
        elif isinstance(fact, CONCERN_FACTS):
            self.concerns.fold(fact, version)
        else:
            super().fold(fact)


def person_of(case: Case) -> UUID:
    """Return who a case is about."""
    if case.subject is None:
        message = "a case is always about somebody"
        raise TypeError(message)
    return case.subject
