"""A target employer: one who has not advertised, whom person and coach want to get to know."""

from datetime import date

from chassis.aggregate import Aggregate, Refusal
from events.fact import Fact
from events.jobsearch import EmployerApproached, EmployerDropped, EmployerTargeted


class ApproachInTheFuture(Refusal):
    """An approach is noted when it has happened, not before."""

    about = "approached_on"


class NextApproachInThePast(Refusal):
    """The next approach lies ahead, not behind."""

    about = "next_approach_on"


class EmployerIsDropped(Refusal):
    """The employer is no longer a target; it can be targeted anew."""


class TargetEmployer(Aggregate):
    """The rules of a target employer. Days are those of the programme's time zone."""

    begins_with = EmployerTargeted

    dropped: bool = False

    def approach(self, approached: EmployerApproached, today: date, on: date) -> None:
        """Note that somebody spoke to the employer on a day, and when to do so again."""
        if self.dropped:
            raise EmployerIsDropped(str(EmployerIsDropped.__doc__))
        if on > today:
            raise ApproachInTheFuture(str(ApproachInTheFuture.__doc__))
        require_ahead(approached.next_approach_on, today)
        self.record(approached)

    def drop(self, dropped: EmployerDropped) -> None:
        """Take the employer off the list."""
        if not self.dropped:
            self.record(dropped)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case EmployerTargeted():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
            case EmployerApproached():
                pass
            case EmployerDropped():
                self.dropped = True
            case _:
                super().fold(fact)


def require_ahead(next_approach_on: date | None, today: date) -> None:
    """Refuse a next approach that lies behind."""
    if next_approach_on and next_approach_on < today:
        raise NextApproachInThePast(str(NextApproachInThePast.__doc__))
