"""What a ready filter of a caseload shows: each person's bar, and what is agreed with them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from caseload.case_status import Status
from caseload.moment import Now
from caseload.standing import Standing
from caseload.today_page import Identity, identity
from chassis.keyring import Keyring
from events.caseload import ActionStage


class ReadyLine(Identity):
    """A person in a list."""

    status: Status = Field(description="Where the case stands today.")
    open_actions: int
    next_due: date | None
    ends_on: date | None
    silent_since: datetime | None = Field(description="Since when an application waits for a word, the longest wait.")
    silent_application_id: UUID | None = Field(description="The application of that wait.")
    unanswered_since: datetime | None = Field(description="Since when who wrote last waits for a reply.")


class ReadyPage(BaseModel):
    """A page of at most a hundred people."""

    people: list[ReadyLine]
    next: int | None = Field(description="The number of the next page, null on the last one.")


async def ready_page(keyring: Keyring, people: Sequence[Standing], now: Now, further: int | None) -> ReadyPage:
    """Open the names of a list."""
    names = await keyring.open_many([standing.person.name for standing in people])
    lines = [_line(standing, name, now) for standing, name in zip(people, names, strict=True)]
    return ReadyPage(people=lines, next=further)


def _line(standing: Standing, name: str | None, now: Now) -> ReadyLine:
    days = [one.due for one in standing.plan.actions.values() if one.stage is not ActionStage.SUGGESTED]
    return ReadyLine(
        **vars(identity(standing, name, now)),
        status=standing.status(now.today),
        open_actions=len(days),
        next_due=min(days, default=None),
        ends_on=standing.case.ends_on,
        silent_since=standing.search.silent_since,
        silent_application_id=standing.search.silent_application,
        unanswered_since=standing.contact.unanswered_since,
    )
