"""Every visitor at every route of the caseload service: what is not in this table fails the build."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import case_of
from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.caseload.running import Person, Platform, eventually

NORTHWAY, BRIGHTPATH, AMIR = uuid4(), uuid4(), uuid4()
ADA: Final = Person("Ada Lovelace", NORTHWAY)

VISITORS: Final[Mapping[str, tuple[str, UUID | None, UUID]]] = {
    "coach of the case": ("coach", NORTHWAY, AMIR),
    "another coach": ("coach", NORTHWAY, uuid4()),
    "coach elsewhere": ("coach", BRIGHTPATH, uuid4()),
    "team leader": ("team_leader", NORTHWAY, uuid4()),
    "team leader elsewhere": ("team_leader", BRIGHTPATH, uuid4()),
    "manager": ("provider_manager", NORTHWAY, uuid4()),
    "manager elsewhere": ("provider_manager", BRIGHTPATH, uuid4()),
    "referrer": ("referrer", None, uuid4()),
    "operator": ("operator", None, uuid4()),
    "analyst": ("analyst", None, uuid4()),
    "the participant": ("jobseeker", NORTHWAY, ADA.id),
    "another participant": ("jobseeker", NORTHWAY, uuid4()),
    "the participant, elsewhere": ("jobseeker", BRIGHTPATH, ADA.id),
    "somebody of no known role": ("auditor", NORTHWAY, uuid4()),
}
JOBSEEKERS: Final = ("the participant", "another participant", "the participant, elsewhere")
OUTSIDERS: Final = dict.fromkeys(
    ("referrer", "operator", "analyst", *JOBSEEKERS, "somebody of no known role"), Verdict.FORBIDDEN
)
OUTSIDERS_OF_CASES: Final = {**OUTSIDERS, "the participant, elsewhere": Verdict.HIDDEN}
LEADERS: Final = dict.fromkeys(("team leader", "manager"), Verdict.ALLOWED)
ELSEWHERE: Final = dict.fromkeys(("coach elsewhere", "team leader elsewhere", "manager elsewhere"), Verdict.HIDDEN)
COACHES: Final = dict.fromkeys(("coach of the case", "another coach"), Verdict.FORBIDDEN)

OWN_CASES: Final = {**OUTSIDERS_OF_CASES, **LEADERS, **ELSEWHERE, **COACHES, "coach of the case": Verdict.ALLOWED}
LEADERS_ONLY: Final = {**OUTSIDERS_OF_CASES, **LEADERS, **ELSEWHERE, **COACHES}
OWN_LISTS: Final = dict.fromkeys(VISITORS, Verdict.ALLOWED) | OUTSIDERS
LISTS_OF_LEADERS: Final = {**OWN_LISTS, **COACHES, "coach elsewhere": Verdict.FORBIDDEN}

READ_OWN_CASES: Final = {**OWN_CASES, "the participant, elsewhere": Verdict.FORBIDDEN}
TAKING_PART: Final = {**OWN_CASES, "the participant": Verdict.ALLOWED}

TABLE: Final[Table] = {
    "GET /caseload": OWN_LISTS,
    "POST /participants/search": OWN_LISTS,
    "POST /cases/search": OWN_LISTS,
    "GET /today": OWN_LISTS,
    "GET /diary": OWN_LISTS,
    "GET /cover": OWN_LISTS,
    "POST /cover": OWN_LISTS,
    "POST /cover/end": OWN_LISTS,
    "POST /cases/assign": LISTS_OF_LEADERS,
    "POST /cases/assign/undo": LISTS_OF_LEADERS,
    "POST /messages/bulk": OWN_LISTS,
    "POST /messages/bulk/withdraw": OWN_LISTS,
    "GET /caseload/{ready}": OWN_LISTS,
    "GET /team": LISTS_OF_LEADERS,
    "GET /participants/{participant_id}/next-step": TAKING_PART,
    "GET /cases/{case_id}": READ_OWN_CASES,
    "GET /participants/{participant_id}": TAKING_PART,
    "GET /participants/{participant_id}/timeline": TAKING_PART,
    "POST /cases/{case_id}/coach": LEADERS_ONLY,
    "POST /cases/{case_id}/track": OWN_CASES,
    "POST /cases/{case_id}/needs": OWN_CASES,
    "POST /cases/{case_id}/safety-concerns": OWN_CASES,
    "POST /cases/{case_id}/safety-concerns/{concern_id}/handled": OWN_CASES,
    "POST /cases/{case_id}/safety-concerns/{concern_id}/handled/take-back": OWN_CASES,
    "POST /cases/{case_id}/pause": OWN_CASES,
    "POST /cases/{case_id}/resume": OWN_CASES,
    "POST /cases/{case_id}/complete": OWN_CASES,
    "POST /cases/{case_id}/exit": OWN_CASES,
    "POST /cases/{case_id}/reactivate": OWN_CASES,
    "POST /cases/{case_id}/hand-back": OWN_CASES,
    "POST /cases/{case_id}/entered-in-error": LEADERS_ONLY,
    "POST /cases/{case_id}/contacts": OWN_CASES,
    "POST /cases/{case_id}/contacts/{contact_id}/entered-in-error": OWN_CASES,
    "POST /cases/{case_id}/next-step/set-aside": TAKING_PART,
    "POST /cases/{case_id}/next-step/take-up": TAKING_PART,
    "POST /cases/{case_id}/snooze": OWN_CASES,
    "POST /cases/{case_id}/unsnooze": OWN_CASES,
    "POST /cases/{case_id}/suggestions": TAKING_PART,
    "POST /cases/{case_id}/actions": OWN_CASES,
    "POST /cases/{case_id}/actions/{action_id}/agree": TAKING_PART,
    "POST /cases/{case_id}/actions/{action_id}/begin": TAKING_PART,
    "POST /cases/{case_id}/actions/{action_id}/standby": TAKING_PART,
    "POST /cases/{case_id}/actions/{action_id}/resume": TAKING_PART,
    "POST /cases/{case_id}/actions/{action_id}/done": TAKING_PART,
    "POST /cases/{case_id}/actions/{action_id}/cancel": TAKING_PART,
    "POST /cases/{case_id}/actions/{action_id}/take-back": TAKING_PART,
    "POST /cases/{case_id}/actions/{action_id}/due": OWN_CASES,
    "POST /cases/{case_id}/plan": OWN_CASES,
    "POST /cases/{case_id}/plan/sign": TAKING_PART,
    "POST /cases/{case_id}/plan/review": OWN_CASES,
    "POST /cases/{case_id}/plan/review/take-back": OWN_CASES,
    "POST /cases/{case_id}/appointments": OWN_CASES,
    "GET /cases/{case_id}/appointments": TAKING_PART,
    "GET /appointments/{appointment_id}/invitation.ics": TAKING_PART,
    "POST /appointments/{appointment_id}/reschedule": OWN_CASES,
    "POST /appointments/{appointment_id}/reschedule/take-back": OWN_CASES,
    "POST /appointments/{appointment_id}/attended": OWN_CASES,
    "POST /appointments/{appointment_id}/missed": OWN_CASES,
    "POST /appointments/{appointment_id}/cancel": TAKING_PART,
    "POST /appointments/{appointment_id}/correct": OWN_CASES,
    "POST /cases/{case_id}/messages": TAKING_PART,
    "GET /cases/{case_id}/messages": TAKING_PART,
    "POST /cases/{case_id}/messages/{message_id}/read": TAKING_PART,
    "POST /cases/{case_id}/messages/read": TAKING_PART,
    "POST /cases/{case_id}/messages/{message_id}/withdraw": TAKING_PART,
    "POST /cases/{case_id}/jobs": OWN_CASES,
    "GET /cases/{case_id}/jobs": TAKING_PART,
    "POST /jobs/{job_id}/start": OWN_CASES,
    "POST /jobs/{job_id}/terms": OWN_CASES,
    "POST /jobs/{job_id}/end": OWN_CASES,
    "POST /jobs/{job_id}/not-started": OWN_CASES,
    "POST /jobs/{job_id}/correct": OWN_CASES,
    "POST /jobs/{job_id}/check-ins/{week}": TAKING_PART,
    "POST /jobs/{job_id}/check-ins/{week}/take-back": TAKING_PART,
    "POST /cases/{case_id}/session": OWN_CASES,
    "GET /cases/{case_id}/standards": OWN_CASES,
    "POST /cases/{case_id}/standards/{standard}/excuse": LEADERS_ONLY,
    "POST /cases/{case_id}/standards/{standard}/excuse/take-back": LEADERS_ONLY,
}
MEETING: Final = {"starts_at": "2100-03-04T10:00:00Z", "channel": "phone"}
APPOINTMENT: Final = {"kind": "review", **MEETING}
BODIES: Final[Mapping[str, Any]] = {
    "POST /participants/search": {"terms": {"name": "ada"}},
    "POST /cases/search": {"participant_ids": [str(ADA.id)]},
    "POST /cover": {"covering_id": str(AMIR), "first_day": "2100-03-04", "last_day": "2100-03-15"},
    "POST /cover/end": {},
    "POST /cases/assign": {"case_ids": [str(ADA.id)], "coach_id": str(AMIR)},
    "POST /cases/assign/undo": {"cases": [{"case_id": str(ADA.id), "before": str(AMIR)}], "coach_id": str(AMIR)},
    "POST /messages/bulk": {"case_ids": [str(ADA.id)], "text": "Hello"},
    "POST /messages/bulk/withdraw": {"messages": [{"case_id": str(ADA.id), "message_id": str(ADA.id)}]},
    "POST /cases/{case_id}/coach": {"coach_id": str(AMIR)},
    "POST /cases/{case_id}/track": {"track": "supported", "reason": "Wants help with letters."},
    "POST /cases/{case_id}/needs": {"barriers": ["digital"]},
    "POST /cases/{case_id}/safety-concerns": {"what": "Home is not safe."},
    "POST /cases/{case_id}/safety-concerns/{concern_id}/handled": {"how": "A room is found."},
    "POST /cases/{case_id}/safety-concerns/{concern_id}/handled/take-back": {"version": 2},
    "POST /cases/{case_id}/pause": {"reason": "health"},
    "POST /cases/{case_id}/exit": {"reason": "own_wish"},
    "POST /cases/{case_id}/reactivate": {"explanation": "They came back."},
    "POST /cases/{case_id}/hand-back": {"report": "Two interviews."},
    "POST /cases/{case_id}/entered-in-error": {},
    "POST /cases/{case_id}/contacts": {"occurred_at": "2026-03-02T09:30:00Z", "channel": "phone"},
    "POST /cases/{case_id}/next-step/set-aside": {"step": "profile", "reason": "later"},
    "POST /cases/{case_id}/next-step/take-up": {"step": "profile"},
    "POST /cases/{case_id}/snooze": {"rule": 9, "until": "2100-01-01", "reason": "On holiday."},
    "POST /cases/{case_id}/suggestions": {"owner": "coach", "what": "Ring the bakery", "due": "2100-03-08"},
    "POST /cases/{case_id}/actions": {"owner": "coach", "what": "Ring the bakery", "due": "2100-03-08"},
    "POST /cases/{case_id}/actions/{action_id}/agree": {},
    "POST /cases/{case_id}/actions/{action_id}/take-back": {"version": 2},
    "POST /cases/{case_id}/actions/{action_id}/due": {"due": "2100-03-08"},
    "POST /cases/{case_id}/plan": {"goal": "Work in a bakery."},
    "POST /cases/{case_id}/plan/sign": {},
    "POST /cases/{case_id}/plan/review": {},
    "POST /cases/{case_id}/plan/review/take-back": {"version": 2},
    "POST /cases/{case_id}/appointments": APPOINTMENT,
    "POST /appointments/{appointment_id}/reschedule": MEETING,
    "POST /appointments/{appointment_id}/reschedule/take-back": {"version": 2},
    "POST /appointments/{appointment_id}/attended": {},
    "POST /appointments/{appointment_id}/missed": {},
    "POST /appointments/{appointment_id}/cancel": {},
    "POST /cases/{case_id}/messages": {"text": "Hello"},
    "POST /cases/{case_id}/messages/read": {"message_ids": [str(ADA.id)]},
    "POST /cases/{case_id}/jobs": {"title": "Baker"},
    "POST /jobs/{job_id}/start": {"starts_on": "2100-03-08"},
    "POST /jobs/{job_id}/terms": {"from_day": "2100-03-08", "hours_a_week": 30},
    "POST /jobs/{job_id}/end": {"last_day": "2100-03-08", "reason": "resigned"},
    "POST /jobs/{job_id}/not-started": {},
    "POST /jobs/{job_id}/check-ins/{week}": {"mood": "good"},
    "POST /jobs/{job_id}/check-ins/{week}/take-back": {"version": 2},
    "POST /cases/{case_id}/session": {"channel": "phone"},
    "POST /cases/{case_id}/standards/{standard}/excuse": {"explanation": "In hospital."},
    "POST /cases/{case_id}/standards/{standard}/excuse/take-back": {"version": 2},
}


@pytest.fixture(scope="module")
def ada(platform: Platform) -> Person:
    """Accept Ada with Amir as coach, and wait until her case is open."""
    platform.accept(AMIR, ADA)
    with platform.client("team_leader", NORTHWAY) as leader:
        eventually(leader, f"/cases/{case_of(ADA.referral)}", lambda page: page["coach_id"])
    return ADA


def made(platform: Platform, ada: Person) -> dict[str, str]:
    """Return what the routes are tried on: an appointment of Ada's, and things that are not there."""
    with platform.client("coach", NORTHWAY, AMIR) as coach:
        booked = coach.post(f"/cases/{case_of(ada.referral)}/appointments", json=APPOINTMENT).json()["ids"]
        worked = coach.post(f"/cases/{case_of(ada.referral)}/jobs", json={"title": "Baker"}).json()["ids"]
    unknown = {f"{thing}_id": str(uuid4()) for thing in ("action", "concern", "contact", "message")}
    known = {"appointment_id": booked["appointment"], "job_id": worked["job"], "week": "1", "standard": "plan"}
    return known | unknown


@pytest.fixture
def matrix(platform: Platform) -> Matrix:
    """Return the table beside what the service says that its routes are."""
    document = httpx.get(platform.url("caseload") + "/openapi.json", trust_env=False).json()
    return Matrix(document, TABLE, frozenset(VISITORS))


def test_every_visitor_has_a_verdict_on_every_route(matrix: Matrix) -> None:
    assert matrix.gaps() == []


def test_every_route_treats_every_visitor_as_the_table_says(matrix: Matrix, platform: Platform, ada: Person) -> None:
    places = {"case_id": case_of(ada.referral), "participant_id": ada.id, "ready": "everybody", **made(platform, ada)}

    with httpx.Client(base_url=platform.url("caseload"), trust_env=False, timeout=30) as client:

        def ask(visitor: str, route: str) -> httpx.Response:
            method, path = route.split(" ")
            headers = {"If-Match": '"1"'}
            if visitor != NOBODY:
                headers["Authorization"] = f"Bearer {platform.token(*VISITORS[visitor])}"
            return client.request(method, path.format(**places), json=BODIES.get(route), headers=headers)

        assert matrix.differences(ask) == []
