"""The component page: everything that pages are made of, in every state."""

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.web.curves import HEIGHT, WIDTH, Curves
from gateway.web.deeds import CHANNELS, Asked, Deed, Kind, Refused
from gateway.web.render import page

ZONE: Final = ZoneInfo("Europe/London")
NOW: Final = datetime(2026, 4, 2, 15, tzinfo=UTC)
ENTRIES: Final[list[dict[str, Any]]] = [
    {
        "id": "a:2",
        "occurred_at": "2026-04-02T13:30:00+00:00",
        "sentence": "Coach and person spoke by phone.",
        "words": {"Note": "Ready for Friday."},
        "by": "staff",
        "on_behalf": False,
    },
    {
        "id": "a:1",
        "occurred_at": "2026-04-01T09:00:00+00:00",
        "sentence": "The person sent an application.",
        "words": {"Cover letter": None},
        "by": "person",
        "on_behalf": False,
    },
    {
        "id": "a:0",
        "occurred_at": "2026-03-31T09:00:00+00:00",
        "sentence": "The person keeps a job in mind.",
        "words": {},
        "by": "staff",
        "on_behalf": True,
    },
]
SNOOZE: Final = Deed("snooze", "/snooze", "Put off", (Asked("until", "Until when?", Kind.DAY, required=True),))
REFUSED: Final = Refused("snooze", {"until": ("2026-04-01",)}, {"until": "Choose a day to come."})
DROP: Final = Deed("drop", "/drop", "Drop it", look="danger")
BOX: Final[dict[str, Any]] = {
    "faults": {},
    "errors": defaultdict(str),
    "told": defaultdict(str),
    "meetings": [("m", NOW)],
    "came": (("attended", "Yes"), ("missed", "No")),
    "spoke": CHANNELS,
    "channels": CHANNELS,
}
KNOWN: Final = range(16)
CURVES: Final = Curves.of(
    {
        "complete_months": len(KNOWN) - 1,
        "profile": {"first_earnings": 0.42, "outcome": 0.25, "minimum": 0.15, "months": 12},
        "curve": [
            {
                "month": month,
                "first_earnings": round(0.03 * month, 3) if month in KNOWN else None,
                "outcome": round(0.03 * max(0, month - 6), 3) if month in KNOWN else None,
            }
            for month in range(19)
        ],
    }
)

design_router = APIRouter(include_in_schema=False)


@design_router.get("/design")
async def show_components() -> HTMLResponse:
    """Show every component. It is about nobody, so everybody may see it."""
    return page(
        "design.html",
        language="en",
        zone=ZONE,
        now=NOW,
        look="console",
        client=None,
        base="",
        shortcuts=True,
        here="/design",
        places=[("/design", "Components")],
        reader="",
        demo=True,
        done="",
        undo_action="",
        key="",
        entries=ENTRIES,
        day=date(2026, 4, 3),
        snooze=SNOOZE,
        drop=DROP,
        box=BOX,
        errors=defaultdict(str),
        refused=REFUSED,
        curves=CURVES,
        width=WIDTH,
        height=HEIGHT,
    )
