"""How a person's applications fare: how many were sent, met silence, led to an interview, to an offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from caseload.dossier.entries import Application, Employment
from caseload.dossier.searching import NO_ANSWER

WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of applications that were sent, and of what became of them."""

    sent: int
    silent: int
    interviews: int
    offers: int


def funnel_of(applications: Iterable[Application]) -> Funnel:
    """Count what became of applications."""
    sent = [one for one in applications if one.sent_at]
    return Funnel(
        sent=len(sent),
        silent=sum(one.outcome == NO_ANSWER for one in sent),
        interviews=sum(one.interviews > 0 for one in sent),
        offers=sum(one.offered for one in sent),
    )


def weeks_in_work(jobs: Iterable[Employment], today: date) -> int:
    """Return how many whole weeks a person has been in work, a day with two jobs counted once."""
    days: set[int] = set()
    for job in jobs:
        if job.starts_on and job.starts_on <= today:
            last = min(job.last_day or today, today)
            days.update(range(job.starts_on.toordinal(), last.toordinal() + 1))
    return len(days) // WEEK
