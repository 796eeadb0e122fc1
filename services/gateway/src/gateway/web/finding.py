"""Finding somebody by what they say on the phone. What is looked for stands in no address, and so in no log."""

import re
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.services import Question
from gateway.web.admission import AtWork
from gateway.web.people import SERVICE
from gateway.web.visitor import Visitor

FORMS: Final = {
    "email": re.compile(r"\S+@\S+"),
    "postcode": re.compile(r"[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}", re.IGNORECASE),
    "phone": re.compile(r"[\d\s+().-]{6,}"),
    "ni_number": re.compile(r"[a-z]{2}[\s-]*(?:\d[\s-]*){6}[a-d]?", re.IGNORECASE),
}
NOBODY: Final[dict[str, Any]] = {"page": {"cases": []}, "complete": True}

finding_router = APIRouter(include_in_schema=False)


@finding_router.post("/find")
async def find(visitor: AtWork) -> HTMLResponse:
    """Show who is found by a name, a phone number, an e-mail address, a postcode or an NI number."""
    sought = str((await visitor.request.form()).get("sought", "")).strip()
    found = await people_found(visitor, sought)
    return visitor.page(
        "found.html",
        sought=sought,
        people=found["page"]["cases"],
        complete=found["complete"],
        staff=visitor.desk.staff_names,
    )


def kind_of(sought: str) -> str:
    """Return what a text is by its form, as the index of people calls it."""
    return next((kind for kind, form in FORMS.items() if form.fullmatch(sought)), "name")


async def people_found(visitor: Visitor, sought: str) -> Any:
    """Return whose record a reader may open of those who are found by a text, nobody by none."""
    if not sought:
        return NOBODY
    body = {"terms": {kind_of(sought): sought}}
    return (await visitor.answered(Question(SERVICE, "/participants/search", "POST", body=body))).json()
