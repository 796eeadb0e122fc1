"""From a number to the people behind it."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from gateway.web.admission import AtPage
from gateway.web.facts import said
from gateway.web.people import names_of
from gateway.web.performance import ANALYTICS, known_names

ANALYST: Final = "analyst"

drill_router = APIRouter(include_in_schema=False)


@drill_router.get("/performance/people")
async def show_people_behind(  # noqa: PLR0913  (each says which number)
    visitor: AtPage,
    number: Annotated[str, Query(max_length=50)] = "referred",
    table: str = "funnel",
    as_of: str = "",
    by: str = "occurred_at",
    cohort: str = "",
    programme: str = "",
    provider: str = "",
    team: str = "",
    coach: str = "",
    after: str = "",
) -> HTMLResponse:
    """Show the people behind a number of all or of a group, and the way on to each one's facts."""
    groups = {"programme": programme, "provider": provider, "team": team, "coach": coach}
    which = {"number": number, "table": table, "by": by, "as_of": as_of, "cohort": cohort, **groups, "after": after}
    asked = {name: value for name, value in which.items() if value}
    found = await visitor.read(ANALYTICS, "/drill", **asked)
    is_analyst = visitor.actor.role == ANALYST
    people = [] if is_analyst else [one["person"] for one in found["people"]]
    names, missing = await names_of(visitor, people)
    return visitor.page(
        "drill.html",
        found=found,
        names=names,
        group=", ".join(known_names(visitor).get(key, key) for key in groups.values() if key),
        cohort=cohort,
        missing=missing,
        counted_by=[said(name) for name in found["counted_by"]],
        which={**asked, "after": found["next"]},
        as_of=as_of or visitor.now.date().isoformat(),
        further=bool(after),
        is_analyst=is_analyst,
        here_again=f"/performance/people?{urlencode(asked)}",
    )
