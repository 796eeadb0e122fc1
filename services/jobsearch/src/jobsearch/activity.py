"""What a person does on the market: told on the activity topic, kept 13 months, never part of the journey.

Each search, each opening, each dismissal is an aggregate of its own, so that it can be forgotten as a whole.
"""

from chassis.aggregate import Aggregate
from events.envelope import ACTIVITY
from events.fact import Fact
from events.jobsearch import JobSearchMade, VacanciesShown, VacancyDismissed, VacancyOpened


class JobSearch(Aggregate):
    """A search that a person made, and what it showed them."""

    begins_with = JobSearchMade
    told_on = ACTIVITY

    def show(self, shown: VacanciesShown) -> None:
        """Note what was shown, where something was."""
        if shown.vacancy_ids:
            self.record(shown)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case JobSearchMade():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
            case VacanciesShown():
                pass
            case _:
                super().fold(fact)


class Opening(Aggregate):
    """A vacancy that a person opened, once."""

    begins_with = VacancyOpened
    told_on = ACTIVITY

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case VacancyOpened():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
            case _:
                super().fold(fact)


class Dismissal(Aggregate):
    """What a person says against a vacancy; another reason replaces the one before."""

    begins_with = VacancyDismissed
    told_on = ACTIVITY

    told: VacancyDismissed | None = None

    def say(self, dismissed: VacancyDismissed) -> None:
        """Take the reason; the same again is no news."""
        if self.told is None or self.told.reason is not dismissed.reason:
            self.record(dismissed)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case VacancyDismissed():
                self.subject, self.tenant, self.told = fact.participant_id, fact.provider_id, fact
            case _:
                super().fold(fact)
