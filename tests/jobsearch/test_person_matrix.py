"""Every visitor at every route about a person, and what its description promises."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from jobsearch.activity_api import DismissedForm, OpenedForm, ShownForm
from jobsearch.application_forms import (
    AcceptanceForm,
    FoundJobForm,
    InterviewForm,
    OfferForm,
    RefusalForm,
    SentForm,
    WithdrawalForm,
)
from jobsearch.employer_api import ApproachForm, EmployerForm
from jobsearch.json_resume import Resume
from jobsearch.profile_api import WishesForm
from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.jobsearch.files import pdf
from tests.jobsearch.running import Person, Platform, asked, eventually, read_after

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()
ADA: Final = Person(NORTHWAY)

VISITORS: Final[Mapping[str, tuple[str, UUID | None, UUID]]] = {
    "the participant": ("jobseeker", NORTHWAY, ADA.id),
    "another participant": ("jobseeker", NORTHWAY, uuid4()),
    "coach of the case": ("coach", NORTHWAY, ADA.coach),
    "another coach": ("coach", NORTHWAY, uuid4()),
    "coach elsewhere": ("coach", BRIGHTPATH, uuid4()),
    "team leader": ("team_leader", NORTHWAY, uuid4()),
    "team leader elsewhere": ("team_leader", BRIGHTPATH, uuid4()),
    "manager": ("provider_manager", NORTHWAY, uuid4()),
    "manager elsewhere": ("provider_manager", BRIGHTPATH, uuid4()),
    "referrer": ("referrer", None, uuid4()),
    "operator": ("operator", None, uuid4()),
    "analyst": ("analyst", None, uuid4()),
    "somebody of no known role": ("auditor", NORTHWAY, uuid4()),
}
OWN: Final[Mapping[str, Verdict]] = {
    **dict.fromkeys(("the participant", "coach of the case", "team leader", "manager"), Verdict.ALLOWED),
    **dict.fromkeys(
        ("another participant", "coach elsewhere", "team leader elsewhere", "manager elsewhere"), Verdict.HIDDEN
    ),
    **dict.fromkeys(
        ("another coach", "referrer", "operator", "analyst", "somebody of no known role"), Verdict.FORBIDDEN
    ),
}
APPLICATION: Final = "/applications/{application_id}"
INTERVIEW: Final = APPLICATION + "/interviews/{interview_id}"
PERSON: Final = "/participants/{participant_id}"
TABLE: Final[Table] = dict.fromkeys(
    (
        f"GET {PERSON}/profile",
        f"PUT {PERSON}/profile",
        f"GET {PERSON}/cvs",
        f"POST {PERSON}/cvs",
        f"POST {PERSON}/cvs/file",
        f"GET {PERSON}/cvs/{{version}}",
        f"GET {PERSON}/cvs/{{version}}/file",
        f"GET {PERSON}/applications",
        f"POST {PERSON}/applications",
        f"GET {PERSON}/employers",
        f"POST {PERSON}/employers",
        f"POST {PERSON}/activity/opened",
        f"POST {PERSON}/activity/dismissed",
        f"POST {PERSON}/activity/shown",
        f"GET {PERSON}/activity/weekly",
        f"GET {PERSON}/matches",
        f"GET {APPLICATION}",
        *(
            f"POST {APPLICATION}/{deed}"
            for deed in (
                "interest",
                "begin",
                "send",
                "acknowledge",
                "chase",
                "interviews",
                "offer",
                "accept",
                "decline",
                "reject",
                "withdraw",
                "silent",
                "reopen",
            )
        ),
        *(f"POST {INTERVIEW}/{deed}" for deed in ("reschedule", "prepared", "held", "cancel")),
        "POST /employers/{employer_id}/approach",
        "POST /employers/{employer_id}/drop",
    ),
    OWN,
)
FORMS: Final[Mapping[str, type[BaseModel]]] = {
    f"PUT {PERSON}/profile": WishesForm,
    f"POST {PERSON}/cvs": Resume,
    f"POST {PERSON}/applications": FoundJobForm,
    f"POST {PERSON}/employers": EmployerForm,
    f"POST {PERSON}/activity/opened": OpenedForm,
    f"POST {PERSON}/activity/dismissed": DismissedForm,
    f"POST {PERSON}/activity/shown": ShownForm,
    f"POST {APPLICATION}/send": SentForm,
    f"POST {APPLICATION}/interviews": InterviewForm,
    f"POST {APPLICATION}/offer": OfferForm,
    f"POST {APPLICATION}/accept": AcceptanceForm,
    f"POST {APPLICATION}/reject": RefusalForm,
    f"POST {APPLICATION}/withdraw": WithdrawalForm,
    f"POST {INTERVIEW}/reschedule": InterviewForm,
    "POST /employers/{employer_id}/approach": ApproachForm,
}


@pytest.fixture(scope="module")
def described(platform: Platform) -> Any:
    """Fetch the description of the whole service, which needs no token."""
    return httpx.get(platform.url() + "/openapi.json", trust_env=False).json()


@pytest.fixture(scope="module")
def document(described: Any) -> Any:
    """Return what the service says of its routes that are not those of the market."""
    paths = {
        path: item
        for path, item in described["paths"].items()
        if not any("vacancies" in operation.get("tags", ()) for operation in item.values())
    }
    return described | {"paths": paths}


@pytest.fixture(scope="module")
def places(platform: Platform) -> dict[str, Any]:
    """Let Ada have one of everything, and return where it is."""
    platform.take_on(ADA)
    vacancy = platform.advertise()
    with platform.client("coach", NORTHWAY, ADA.coach) as coach:
        path = f"/participants/{ADA.id}"
        eventually(coach, f"{path}/applications", lambda page: page["applications"] == [])
        file = coach.post(f"{path}/cvs/file", content=pdf())
        read_after(file, coach, f"{path}/cvs")
        employer = asked(coach, f"{path}/employers", {"name": "Riverside Bakery"})
        application = asked(coach, f"{path}/applications", {"title": "Baker"})
        read_after(application, coach, f"{path}/applications")
        eventually(coach, f"/vacancies/{vacancy}", lambda shown: shown["live"])
    return {
        "participant_id": ADA.id,
        "application_id": application.json()["ids"]["application"],
        "employer_id": employer.json()["ids"]["employer"],
        "vacancy_id": str(vacancy),
        "interview_id": uuid4(),
        "version": 1,
    }


def example(document: Any, route: str) -> Any:
    return document["components"]["schemas"][FORMS[route].__name__]["examples"][0]


def test_every_visitor_has_a_verdict_on_every_route(document: Any) -> None:
    assert Matrix(document, TABLE, frozenset(VISITORS)).gaps() == []


def test_every_route_treats_every_visitor_as_the_table_says(
    platform: Platform, document: Any, places: Mapping[str, Any]
) -> None:
    def ask(visitor: str, route: str) -> httpx.Response:
        method, path = route.split(" ")
        headers = {"If-Match": '"1"'}
        if visitor != NOBODY:
            headers["Authorization"] = f"Bearer {platform.token(*VISITORS[visitor])}"
        if path.endswith("/cvs/file"):
            return client.request(method, path.format(**places), content=pdf(), headers=headers)
        body = example(document, route) if route in FORMS else None
        if body and "vacancy_id" in body:
            body = body | {"vacancy_id": places["vacancy_id"]}
        if body and "vacancy_ids" in body:
            body = body | {"vacancy_ids": [places["vacancy_id"]]}
        return client.request(method, path.format(**places), json=body, headers=headers)

    with httpx.Client(base_url=platform.url(), trust_env=False, timeout=60) as client:
        assert Matrix(document, TABLE, frozenset(VISITORS)).differences(ask) == []


def test_the_whole_description_is_valid_openapi_3_1(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []


def test_every_route_says_what_it_does(document: Any) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == len(TABLE)
    assert all(operation["summary"] and operation["description"].endswith(".") for operation in operations)


def test_every_route_with_a_body_has_an_example_of_it(document: Any) -> None:
    taken = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    assert taken == FORMS.keys()


@pytest.mark.parametrize("route", FORMS)
def test_every_example_would_be_taken(document: Any, route: str) -> None:
    assert FORMS[route].model_validate(example(document, route))


def test_what_is_heard_and_told_is_served_as_asyncapi_3(platform: Platform) -> None:
    headers = {"Authorization": f"Bearer {platform.token('operator')}"}
    document = httpx.get(platform.url() + "/asyncapi.json", headers=headers, trust_env=False).json()
    assert document["asyncapi"].startswith("3.")
    assert {"ApplicationSaved", "JobSearchMade", "CoachAssigned"} <= document["components"]["schemas"].keys()
