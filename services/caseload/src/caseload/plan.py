"""The action plan of a case: written down for both to read, signed by both, gone through together again and again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from chassis.aggregate import Refusal
from events.caseload import ActionOwner, PlanAgreed, PlanDrafted, PlanReviewed, PlanReviewTakenBack, PlanSigned
from events.fact import Fact


class NoPlan(Refusal):
    """No plan was written down yet."""


class PlanNotAgreed(Refusal):
    """Both have to sign the plan before it is reviewed."""


class PlanSuperseded(Refusal):
    """A newer plan took the place of this one."""


class NoSuchReview(Refusal):
    """This is not the last review of the plan, so it cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a case that holds: none, a draft with who signed it, or one that both agreed.

    `reviewed` is the version of the case with the last review, 0 for none that can be taken back, and `due_before` by
    when that was due.
    """

    id: UUID | None = None
    signed: frozenset[ActionOwner] = frozenset()
    review_by: date | None = None
    reviewed: int = 0
    due_before: date | None = None

    def sign(self, plan_id: UUID | None, by: ActionOwner, review_by: date, now: datetime) -> Iterator[Fact]:
        """Take the signature of one of the two; with both, the plan is agreed. `plan_id` is the one that they read."""
        holds = self._holding(plan_id)
        if by in self.signed:
            return
        yield PlanSigned(occurred_at=now, plan_id=holds, by=by)
        if self.signed | {by} == set(ActionOwner):
            yield PlanAgreed(occurred_at=now, plan_id=holds, review_by=review_by)

    def require_agreed(self) -> UUID:
        """Return the id of the plan that both agreed."""
        holds = self._holding(None)
        if self.review_by is None:
            raise PlanNotAgreed(str(PlanNotAgreed.__doc__), ["plan/sign", "plan"])
        return holds

    def take_review_back(self, version: int, now: datetime) -> Fact:
        """Take back the last review, the fact at that version of the case."""
        if not self.reviewed or self.reviewed != version:
            raise NoSuchReview(str(NoSuchReview.__doc__), ["plan/review"])
        return PlanReviewTakenBack(occurred_at=now, plan_id=self.id, review_by=self.due_before, taken_back=version)

    def _holding(self, plan_id: UUID | None) -> UUID:
        if self.id is None:
            raise NoPlan(str(NoPlan.__doc__), ["plan"])
        if plan_id not in {None, self.id}:
            raise PlanSuperseded(str(PlanSuperseded.__doc__), ["plan/sign", "plan"])
        return self.id

    def after(self, fact: Fact, version: int) -> Self:
        """Return the plan after a fact about it, at its version of the case."""
        match fact:
            case PlanDrafted(plan_id=plan_id):
                return type(self)(plan_id)
            case PlanSigned(by=by):
                return replace(self, signed=self.signed | {by})
            case PlanAgreed(review_by=review_by):
                return replace(self, review_by=review_by)
            case PlanReviewed(review_by=review_by):
                return replace(self, review_by=review_by, reviewed=version, due_before=self.review_by)
            case PlanReviewTakenBack(review_by=review_by):
                return replace(self, review_by=review_by, reviewed=0)
        return self


PLAN_FACTS: Final = (PlanDrafted, PlanSigned, PlanAgreed, PlanReviewed, PlanReviewTakenBack)
