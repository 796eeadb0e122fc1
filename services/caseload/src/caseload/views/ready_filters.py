"""The ready filters of a caseload: which of the prepared rows of Today each one selects, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, LiteralString
from uuid import UUID

from caseload.standing import Standing
from caseload.views.today import STANDINGS, standings
from chassis.database import Connection

PAGE: Final = 100


class Ready(StrEnum):
    """A question that coaches ask of their caseload every day."""

    EVERYBODY = "everybody"
    UNASSIGNED = "unassigned"
    NEW_TO_ME = "new_to_me"
    WAITING_FOR_MY_REPLY = "waiting_for_my_reply"
    WAITING_FOR_THEIRS = "waiting_for_theirs"
    OVERDUE_ACTION = "overdue_action"
    NO_AGREED_ACTION = "no_agreed_action"
    NO_CONTACT = "no_contact"
    NOT_MET_IN_PERSON = "not_met_in_person"
    PLAN_TO_REVIEW = "plan_to_review"
    APPLICATION_UNANSWERED = "application_unanswered"
    NEEDS_OUTCOME = "needs_outcome"
    STANDARD_AT_RISK = "standard_at_risk"
    IN_WORK_AT_RISK = "in_work_at_risk"
    READY_TO_EXIT = "ready_to_exit"


class Order(StrEnum):
    """What a list is in order of, the first that needs a look at the top."""

    OPENED = "opened"
    LAST_CONTACT = "last_contact"
    NEXT_DUE = "next_due"
    END = "end"
    WAIT = "wait"


DAYS: Final[Mapping[Ready, int]] = {Ready.NOT_MET_IN_PERSON: 28}
USUAL_DAYS: Final = 14
TOUCHED: Final[LiteralString] = "greatest(t.last_contact_at, o.met_at)"
MET: Final[LiteralString] = "greatest(t.last_in_person_at, o.met_in_person_at)"
RESTS: Final[LiteralString] = "(c.pause is not null and coalesce((c.pause ->> 'until')::date, 'infinity') >= %(today)s)"
CONDITIONS: Final[Mapping[Ready, LiteralString]] = {
    Ready.EVERYBODY: "true",
    Ready.UNASSIGNED: "c.coach_id is null",
    Ready.NEW_TO_ME: "c.coached_at >= %(since)s",
    Ready.WAITING_FOR_MY_REPLY: "t.last_message_by = 'participant'",
    Ready.WAITING_FOR_THEIRS: "t.last_message_by = 'coach'",
    Ready.OVERDUE_ACTION: "p.next_due < %(today)s",
    Ready.NO_AGREED_ACTION: "coalesce(p.open_actions, 0) = 0",
    Ready.NO_CONTACT: f"coalesce({TOUCHED}, c.opened_at) < %(since)s",
    Ready.NOT_MET_IN_PERSON: f"coalesce({MET}, c.opened_at) < %(since)s",
    Ready.PLAN_TO_REVIEW: f"p.review_by <= %(today)s and not {RESTS}",
    Ready.APPLICATION_UNANSWERED: "s.silent_since < %(since)s",
    Ready.NEEDS_OUTCOME: "t.next_over_at <= %(now)s",
    Ready.STANDARD_AT_RISK: "p.warn_on <= %(today)s",
    Ready.IN_WORK_AT_RISK: f"w.worried_at > coalesce({TOUCHED}, '-infinity')",
    Ready.READY_TO_EXIT: "c.ends_on <= %(until)s",
}
WAITS: Final[Mapping[Ready, LiteralString]] = {
    Ready.WAITING_FOR_MY_REPLY: "t.unanswered_since",
    Ready.WAITING_FOR_THEIRS: "t.unanswered_since",
    Ready.APPLICATION_UNANSWERED: "s.silent_since",
}
"""What the people wait for whom a filter selects; those of any other wait since their case was opened."""
ORDERS: Final[Mapping[Order, LiteralString]] = {
    Order.OPENED: "c.opened_at desc",
    Order.LAST_CONTACT: f"{TOUCHED} asc nulls first",
    Order.NEXT_DUE: "p.next_due asc nulls last",
    Order.END: "c.ends_on asc nulls last",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which people of a provider, of one coach or of all, in which order, and which page of a hundred.

    `days` is what `new to me`, `no contact`, `not met in person`, `application unanswered` and `ready to exit` count;
    None where each counts its own.
    """

    ready: Ready
    order: Order
    coach: UUID | None
    days: int | None
    page: int


async def answers(
    connection: Connection, tenant: UUID, question: Question, now: datetime, today: date
) -> list[Standing]:
    """Return a page of who is selected, and one more when there are further ones."""
    days = DAYS.get(question.ready, USUAL_DAYS) if question.days is None else question.days
    arguments = {
        "tenant": tenant,
        "coach": question.coach,
        "now": now,
        "today": today,
        "since": now - timedelta(days=days),
        "until": today + timedelta(days=days),
        "limit": PAGE + 1,
        "offset": PAGE * (question.page - 1),
    }
    order = (
        f"{WAITS.get(question.ready, 'c.opened_at')} asc" if question.order is Order.WAIT else ORDERS[question.order]
    )
    query = f"""{STANDINGS} and c.ended is null and (%(coach)s::uuid is null or c.coach_id = %(coach)s)
    and {CONDITIONS[question.ready]} order by {order}, c.id limit %(limit)s offset %(offset)s"""
    return await standings(connection, query, arguments)
