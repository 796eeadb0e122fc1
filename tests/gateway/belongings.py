"""Something of everything that a person can have, so that each page about them has something to show."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import httpx

from chassis.identity import Actor
from tests.gateway.running import API, PROGRAMME, Person, Platform, done, eventually
from tests.jobsearch.files import pdf

SOON: Final = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT09:00")
BEFORE: Final = (datetime.now(UTC) - timedelta(days=10)).strftime("%Y-%m-%d")
POSTING: Final = {
    "@type": "JobPosting",
    "identifier": "belongings",
    "title": "Baker",
    "hiringOrganization": {"name": "Riverside Bakery"},
    "jobLocation": {"address": {"addressLocality": "York", "addressCountry": "GB"}},
}


def belongings(platform: Platform, person: Person) -> Mapping[str, str]:
    """Give a person one of each; return what the addresses of pages call them by."""
    coach, seeker = platform.client(person.coach), platform.client(person.actor)
    return {
        "participant_id": str(person.id),
        "case": str(person.case),
        "coach_id": str(person.coach.id),
        "referral_id": str(person.referral),
        "provider_id": str(person.provider.id),
        "programme_id": str(PROGRAMME),
        "version": "1",
        "course": "interview",
        "lesson": done(seeker.get(f"{API}/courses/interview")).json()["texts"][0]["lesson"],
        "vacancy_id": _vacancy(platform.client(person.manager)),
        "file_id": _file(platform.client(person.referrer, **{"Content-Type": "text/csv"}), person),
        **_agreed(coach, person),
        **_applied(seeker, person),
        **_looked_back(platform, person),
    }


def _agreed(coach: httpx.Client, person: Person) -> Mapping[str, str]:
    case = f"{API}/cases/{person.case}"
    seen = {"If-Match": done(coach.get(case)).headers["etag"]}
    action = {"owner": "participant", "what": "Write a CV", "due": SOON[:10]}
    agreed = done(coach.post(f"{case}/actions", json=action, headers=seen)).json()["ids"]
    meeting = {"kind": "review", "channel": "phone", "starts_at": f"{SOON}:00Z"}
    booked = done(coach.post(f"{case}/appointments", json=meeting)).json()["ids"]
    done(coach.post(f"{case}/messages", json={"text": "How did it go?"}))
    work = {"title": "Baker", "employer": "Riverside Bakery", "starts_on": BEFORE, "hours_a_week": 30}
    found = done(coach.post(f"{case}/jobs", json=work)).json()["ids"]
    return {"action_id": agreed["action"], "appointment_id": booked["appointment"], "job_id": found["job"]}


def _applied(seeker: httpx.Client, person: Person) -> Mapping[str, str]:
    own = f"{API}/participants/{person.id}"
    kept = {"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename*=UTF-8''cv.pdf"}
    done(seeker.post(f"{own}/cvs/file", content=pdf(), headers=kept))
    eventually(lambda: seeker.get(f"{own}/cvs"), lambda shown: shown["cvs"])
    applied = done(seeker.post(f"{own}/applications", json={"title": "Baker", "employer": "Riverside Bakery"})).json()
    one = f"{API}/applications/{applied['ids']['application']}"
    eventually(lambda: seeker.get(one), lambda _: True)
    sent = done(seeker.post(f"{one}/send", json={}, headers=_version(seeker, one)))
    seen = _version(seeker, one, at_least=sent.headers["waymark-position"])
    invited = done(seeker.post(f"{one}/interviews", json={"starts_at": f"{SOON}:00Z"}, headers=seen)).json()
    return {"application_id": applied["ids"]["application"], "interview_id": invited["ids"]["interview"]}


def _version(client: httpx.Client, path: str, **query: str) -> dict[str, str]:
    return {"If-Match": f'"{done(client.get(path, params=query)).json()["version"]}"'}


def _vacancy(manager: httpx.Client) -> str:
    offered = done(manager.post(f"{API}/vacancies/json-ld", json=POSTING, params={"feed": "belongings"})).json()["ids"]
    eventually(lambda: manager.get(f"{API}/vacancies/{offered['vacancy']}"), lambda _: True)
    return str(offered["vacancy"])


def _file(referrer: httpx.Client, person: Person) -> str:
    where = {"programme_id": str(PROGRAMME), "provider_id": str(person.provider.id)}
    sent = done(referrer.post(f"{API}/referral-files", params=where, content=b"name\nTom Reilly\n"))
    return str(sent.json()["id"])


def _looked_back(platform: Platform, person: Person) -> Mapping[str, str]:
    manager, analyst = platform.client(person.manager), platform.client(Actor(uuid4(), "analyst"))
    asked = {"types": ["waymark.caseload.CaseOpened.v1"], "person": str(person.id)}
    found = eventually(lambda: manager.post(f"{API}/facts/search", json=asked), lambda page: page["facts"])["facts"]
    export = done(analyst.post(f"{API}/exports")).json()
    return {"correlation_id": found[0]["correlation_id"], "export_id": export["id"]}
