"""Today: one prepared row for each person with a provider, in parts that hear different facts, read in one query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from caseload.standing import Json, Standing
from caseload.views.today_case import CASE_STANDING
from caseload.views.today_case import FOLDS as CASE_FOLDS
from caseload.views.today_contact import CONTACT_STANDING
from caseload.views.today_contact import FOLDS as CONTACT_FOLDS
from caseload.views.today_person import FOLDS as PERSON_FOLDS
from caseload.views.today_person import PERSON_STANDING
from caseload.views.today_plan import FOLDS as PLAN_FOLDS
from caseload.views.today_plan import PLAN_STANDING
from caseload.views.today_search import FOLDS as SEARCH_FOLDS
from caseload.views.today_search import SEARCH_STANDING
from caseload.views.today_work import FOLDS as WORK_FOLDS
from caseload.views.today_work import WORK_STANDING
from chassis.database import Connection
from chassis.listen.views import Table, View

PARTS: Final[dict[str, Table[Any]]] = {
    "case": CASE_STANDING,
    "plan": PLAN_STANDING,
    "contact": CONTACT_STANDING,
    "work": WORK_STANDING,
    "search": SEARCH_STANDING,
    "person": PERSON_STANDING,
}
_FOLDS: Final = (CASE_FOLDS, PLAN_FOLDS, CONTACT_FOLDS, WORK_FOLDS, SEARCH_FOLDS, PERSON_FOLDS)
TODAY: Final = View(
    name="today",
    facts=tuple(dict.fromkeys(fact for folds in _FOLDS for fact in folds)),
    tables=tuple(PARTS.values()),
)

STANDINGS: Final[LiteralString] = """
select json_build_object('case', c, 'plan', p, 'contact', t, 'work', w, 'search', s, 'person', o)::text
from today_case c
left join today_plan p on p.id = c.id
left join today_contact t on t.id = c.id
left join today_work w on w.id = c.id
left join today_search s on s.id = c.id
left join today_person o on o.id = c.id
where c.tenant = %(tenant)s and c.case_id is not null
"""


COACHED_AT: Final[LiteralString] = """
and c.ended is null
and (c.coach_id = %(coach)s or (c.cover_id = %(coach)s and c.cover_begins_at <= %(now)s and c.cover_ends_at > %(now)s))
order by c.id
"""


async def standings_of_coach(connection: Connection, tenant: UUID, coach: UUID, now: datetime) -> list[Standing]:
    """Return how everybody in a coach's caseload stands, and those for whose coach this one stands in now."""
    return await standings(connection, STANDINGS + COACHED_AT, {"tenant": tenant, "coach": coach, "now": now})


async def standings_of_people(connection: Connection, tenant: UUID, people: Sequence[UUID]) -> list[Standing]:
    """Return how some people stand with a provider, those whose case is closed too."""
    query = STANDINGS + "and c.participant_id = any(%(people)s) order by c.id"
    return await standings(connection, query, {"tenant": tenant, "people": list(people)})


def standing_of(rows: Json) -> Standing:
    """Return how a person stands by the rows of the parts; one that is None holds nothing."""
    return Standing.model_validate({part: vars(row) for part, row in rows.items() if row is not None})


async def standings(connection: Connection, query: LiteralString, arguments: Json) -> list[Standing]:
    """Return what a query that begins with STANDINGS finds."""
    cursor = await connection.execute(query, arguments)
    return [Standing.model_validate_json(text) for (text,) in await cursor.fetchall()]
