"""Which list of people is asked for: all of it is in the address, so that it can be kept, sent and come back to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Self
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Form, Query

from chassis.problem import ProblemError
from gateway.saved_views import USUAL_DAYS
from gateway.web.words import N_

READY: Final = (
    ("everybody", N_("Everybody")),
    ("new_to_me", N_("New to me")),
    ("waiting_for_my_reply", N_("Wait for my reply")),
    ("waiting_for_theirs", N_("I wait for theirs")),
    ("overdue_action", N_("Overdue action")),
    ("no_agreed_action", N_("No agreed action")),
    ("no_contact", N_("No contact for %(days)s days")),
    ("not_met_in_person", N_("Not met in person for 4 weeks")),
    ("plan_to_review", N_("Plan to look at again")),
    ("application_unanswered", N_("Application without an answer")),
    ("needs_outcome", N_("Meeting without an outcome")),
    ("standard_at_risk", N_("Promise at risk")),
    ("in_work_at_risk", N_("In work, at risk")),
    ("ready_to_exit", N_("Ready to leave")),
    ("unassigned", N_("Without a coach")),
)
SORTS: Final = (
    ("opened", N_("Newest first")),
    ("last_contact", N_("Longest without contact")),
    ("next_due", N_("Next due date")),
    ("end", N_("Nearest end")),
)
LONGEST_WAIT: Final = ("wait", N_("Longest wait first"))
WAITING: Final[Mapping[str, str]] = {
    "waiting_for_my_reply": "unanswered_since",
    "waiting_for_theirs": "unanswered_since",
    "application_unanswered": "silent_since",
}
"""The filters of those who wait, with what tells since when: the longest wait goes first unless it is said."""
COUNTING: Final = frozenset({"new_to_me", "no_contact", "application_unanswered", "ready_to_exit"})
"""The filters that count days."""
Days = Annotated[int, Query(ge=0, le=3_650)]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: a ready filter, an order, whose people (None: one's own or everybody's), and which page.

    No order is the usual one of the filter.
    `peek` is who of them is looked at beside it; `days` is what a filter counts that counts days.
    """

    ready: str = "everybody"
    sort: str = ""
    coach: UUID | None = None
    page: int = 1
    peek: UUID | None = None
    days: Days = USUAL_DAYS

    def __post_init__(self) -> None:
        """Say which order the usual one is."""
        if not self.sort:
            object.__setattr__(self, "sort", self.sorts[0][0])

    @property
    def sorts(self) -> Sequence[tuple[str, str]]:
        """The orders that the list can have, the usual one first."""
        return (LONGEST_WAIT, *SORTS) if self.ready in WAITING else SORTS

    @property
    def waits_since(self) -> str:
        """What tells of each person since when they wait, empty for a list of others."""
        return WAITING.get(self.ready, "")

    @property
    def counts(self) -> bool:
        """Whether the filter counts days."""
        return self.ready in COUNTING

    @property
    def other_days(self) -> str:
        """The days as a form or an address has them, empty for as many as usual."""
        return "" if self.days == USUAL_DAYS else str(self.days)

    @property
    def is_known(self) -> bool:
        """Whether there is such a filter and such an order."""
        return self.ready in dict(READY) and self.sort in dict(self.sorts)

    @property
    def query(self) -> dict[str, str]:
        """What the service of the list is asked; the filter is in its path."""
        coach = {"coach": str(self.coach)} if self.coach else {}
        return {"sort": self.sort, "page": str(self.page), "days": str(self.days)} | coach

    @property
    def path(self) -> str:
        """The address of the page."""
        return f"/caseload?{self.words}"

    @property
    def words(self) -> str:
        """The list as the query of an address."""
        coach = {"coach": str(self.coach)} if self.coach else {}
        page = {"page": str(self.page)} if self.page > 1 else {}
        days = {"days": self.other_days} if self.other_days else {}
        return urlencode({"ready": self.ready, "sort": self.sort} | coach | days | page)

    def filtered(self, ready: str) -> Self:
        """Return the first page by another filter, in the same order where one was chosen."""
        return self.but(ready=ready, sort="" if self.sort == self.sorts[0][0] else self.sort)

    def but(self, **other: Any) -> Self:
        """Return the first page of the same list, different in something, with nobody looked at."""
        return replace(self, **({"page": 1, "peek": None} | other))


AskedFor = Annotated[Listing, Depends()]
Text = Annotated[str, Form()]


async def _of_form(
    ready: Text,
    sort: Text,
    coach: Text = "",
    page: Annotated[int, Form(ge=1)] = 1,
    days: Annotated[int, Form(ge=0, le=3_650)] = USUAL_DAYS,
) -> Listing:
    """Return the list that a form is about. Raises ProblemError for one that does not exist."""
    try:
        listing = Listing(ready, sort, UUID(coach) if coach else None, page, days=days)
    except ValueError:
        raise ProblemError(422, "There is no such list.") from None
    if not listing.is_known:
        raise ProblemError(422, "There is no such list.")
    return listing


FromList = Annotated[Listing, Depends(_of_form)]
