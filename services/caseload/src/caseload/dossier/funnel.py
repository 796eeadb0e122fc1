"""How a person's applications fare: how many were sent, met silence, led to an interview, to an offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from caseload.dossier.entries import NOT_STARTED, Application, Employment
from caseload.dossier.searching import NO_ANSWER
from caseload.standing import ApplicationState

WEEK: Final = 7
AWAITING: Final = frozenset({ApplicationState.SENT, ApplicationState.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of applications that were sent, and of what became of them; `silent` are those without an answer yet."""

    sent: int
    silent: int
    interviews: int
    offers: int


def funnel_of(applications: Iterable[Application]) -> Funnel:
    """Count what became of applications."""
    sent = [one for one in applications if one.sent_at]
    return Funnel(
        sent=len(sent),
        silent=sum(_is_silent(one) for one in sent),
        interviews=sum(one.interviews > 0 for one in sent),
        offers=sum(one.offered for one in sent),
    )


def _is_silent(application: Application) -> bool:
    return application.outcome == NO_ANSWER or (application.outcome is None and application.state in AWAITING)


def weeks_in_work(jobs: Iterable[Employment], today: date) -> int:
    """Return how many whole weeks a person has been in work, a day with two jobs counted once."""
    days: set[int] = set()
    for job in jobs:
        if job.starts_on and job.starts_on <= today and job.ended != NOT_STARTED:
            last = min(job.last_day or today, today)
            days.update(range(job.starts_on.toordinal(), last.toordinal() + 1))
    return len(days) // WEEK
