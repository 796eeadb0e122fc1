"""Performance: how far people came, as of any day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.services import Question
from gateway.web.admission import AtPage
from gateway.web.curves import HEIGHT, WIDTH, Curves
from gateway.web.visitor import Visitor
from gateway.web.words import N_

ANALYTICS: Final = "analytics"
DRILLS: Final = frozenset({"analyst", "team_leader", "provider_manager"})
APART: Final = (
    ("", N_("All together")),
    ("programme", N_("By programme")),
    ("provider", N_("By provider")),
    ("team", N_("By team")),
    ("coach", N_("By coach")),
    ("cohort", N_("By month of referral")),
)
FURTHEST: Final = 104
MOST_CURVES: Final = 24
WEEK: Final = 7

performance_router = APIRouter(include_in_schema=False)


@performance_router.get("/performance")
async def show_performance(  # noqa: PLR0913  (each a field of the form)
    visitor: AtPage,
    as_of: str = "",
    by: str = "occurred_at",
    apart: str = "",
    cohort: str = "",
    back: str = "",
    was_back: str = "",
) -> HTMLResponse:
    """Show the funnel and the curves as they stood at the end of a day, of everybody or of who came in one month.

    A slider says how many weeks `back`; moved since the page was shown (`was_back`), it goes before the day.
    """
    today = visitor.now.date()
    as_of = slid(today, as_of, back, was_back)
    asked = {"by": by, "as_of": as_of, "apart": apart, "cohort": f"{cohort}-01" if cohort else ""}
    query = {name: value for name, value in asked.items() if value}
    questions = {name: Question(ANALYTICS, f"/{name}", query=query) for name in ("funnel", "outcomes")}
    found, missing = await visitor.read_all(questions)
    outcomes = found.get("outcomes")
    return visitor.page(
        "performance.html",
        funnel=found.get("funnel"),
        outcomes=outcomes,
        curves=Curves.of(outcomes["total"]) if outcomes else None,
        groups=_curves_of_groups(outcomes) if outcomes and apart else [],
        may_drill=visitor.actor.role in DRILLS,
        slider=weeks_back(today, as_of),
        furthest=FURTHEST,
        by=by,
        apart=apart,
        cohort=cohort,
        aparts=[(code, visitor.say(words)) for code, words in APART],
        names=known_names(visitor),
        missing=missing,
        width=WIDTH,
        height=HEIGHT,
    )


def slid(today: date, as_of: str, back: str, was_back: str) -> str:
    """Return the day that is asked for: so many weeks back, where the slider was moved."""
    if back == was_back or not (back.isascii() and back.isdigit()):
        return as_of
    return (today - timedelta(weeks=min(int(back), FURTHEST))).isoformat()


def weeks_back(today: date, as_of: str) -> int:
    """Return where the slider stands for a day."""
    try:
        weeks = (today - date.fromisoformat(as_of)).days // WEEK
    except ValueError:
        return 0
    return min(max(weeks, 0), FURTHEST)


def _curves_of_groups(outcomes: Mapping[str, Any]) -> list[tuple[str | None, Curves]]:
    """Return the curves of the groups that have some to show."""
    curves = [(one["key"], Curves.of(one)) for one in outcomes["groups"]]
    return [(key, shown) for key, shown in curves if shown][:MOST_CURVES]


def known_names(visitor: Visitor) -> dict[str, str]:
    """Return the names of coaches, providers and programmes by their ids."""
    known = {**visitor.desk.staff, **visitor.desk.providers, **visitor.desk.programmes}
    return {str(id_): name for id_, name in known.items()}
