"""A person of whom everything is known: their name, address and number stand wherever somebody may write."""

import secrets
from dataclasses import dataclass
from typing import Any, Final

import httpx

from .town import Town, eventually

STEM: Final = "Quillfeatherzoë"
ASCII_STEM: Final = "Quillfeatherz"
PHONE, OTHER_PHONE = "7700 900913", "7700 900917"
POSTCODE, OTHER_POSTCODE = "ZZ98 7YX", "ZZ97 6YW"
NI_NUMBER, OTHER_NI_NUMBER = "QQ918273C", "QQ918274D"
MARKERS: Final = (STEM, ASCII_STEM, PHONE, OTHER_PHONE, POSTCODE, OTHER_POSTCODE, NI_NUMBER, OTHER_NI_NUMBER)
PERSON: Final = {
    "name": f"{STEM} Markersurname",
    "email": f"{ASCII_STEM}.post@example.org",
    "phone": f"0{PHONE}",
    "address": f"1 {STEM} Street\nLeeds",
    "postcode": POSTCODE,
    "ni_number": NI_NUMBER,
    "notes": f"{STEM} prefers a text message.",
}
ROW: Final = {
    "reference": "JC-7",
    "name": f"{STEM} Filesurname",
    "email": f"{ASCII_STEM}.file@example.org",
    "phone": f"0{OTHER_PHONE}",
    "address": f"2 {STEM} Street",
    "postcode": OTHER_POSTCODE,
    "ni_number": OTHER_NI_NUMBER,
    "notes": f"{STEM}, from a file.",
    "coach": "coach-amir",
    "referred_on": "28/03/2026",
    "accepted_on": "11/04/2026",
}
REACH: Final = f"{STEM}: 0{PHONE}, {ASCII_STEM}.post@example.org, 1 {STEM} Street, {POSTCODE}"
LONG: Final = f"{STEM} baked. {secrets.token_hex(1_800)} {STEM} baked well."
"""Far over the 2 kB from which PostgreSQL keeps a value apart, and hardly to be made shorter."""


@dataclass(frozen=True)
class Story:
    """Two persons of whom everything is known: one came by HTTP, the other in a file, and is parked."""

    town: Town
    participant: str
    case: str
    other: str


def cases(town: Town, code: str) -> list[dict[str, Any]]:
    with town.client("caseload", code) as client:
        return list(answered(client.get("/caseload"))["cases"])


def case_of(town: Town, name: str) -> dict[str, Any]:
    """Return the case of a person on their coach's caseload, once it is there."""
    found = eventually(lambda: [case for case in cases(town, "coach-amir") if case["name"] == name], bool)
    return dict(found[0])


def note_something(town: Town, case: str) -> None:
    """Record a contact whose note names the person."""
    form = {"occurred_at": "2026-04-20T09:30:00Z", "channel": "phone", "note": f"{STEM} sounds well."}
    with town.client("caseload", "coach-amir") as coach:
        answered(coach.post(f"/cases/{case}/contacts", json=form))


def begin(town: Town, name: str) -> None:
    """Let the person meet their coach somewhere, and start."""
    with town.client("referrals", "manager-grace") as manager:
        listed = answered(manager.get("/referrals"))["referrals"]
        path = next(f"/referrals/{one['id']}" for one in listed if one["name"] == name)
        meeting = {"meets_at": "2026-04-15T09:30:00Z", "channel": "in_person", "place": f"2 {STEM} Lane"}
        for step, form in (
            ("initial-meeting", meeting),
            ("initial-meeting/held", None),
            ("start", {"start_date": "2026-04-15"}),
        ):
            said(manager, f"{path}/{step}", form, path)


def say_everything(town: Town, participant: str, case: str) -> None:
    """Write the person's name wherever their coach may write, in every service."""
    own, work = f"/participants/{participant}", {"title": f"Baker for {STEM}", "employer": f"{STEM} and Daughters"}
    with town.client("caseload", "coach-amir") as coach:
        eventually(lambda: answered(coach.get(f"/cases/{case}")), lambda shown: bool(shown["status"] == "active"))
        say_in_case(coach, f"/cases/{case}", work)
    with town.client("jobsearch", "coach-amir") as coach:
        eventually(lambda: coach.get(f"{own}/applications").is_success, bool)
        say_in_search(coach, own, work)
        answered(coach.post("/vacancies/search", json={"words": f"{STEM} bakery", "participant_id": participant}))
    with town.client("nudges", "coach-amir") as coach:
        eventually(lambda: coach.get(f"{own}/nudges").is_success, bool)
        said(coach, f"{own}/nudge-preferences/pause", {"reason": REACH})


def say_in_case(coach: httpx.Client, case: str, work: dict[str, str]) -> None:
    """Write of needs, worries, an action, a plan, a message, a meeting, a job and how it goes."""
    meeting = {"kind": "review", "starts_at": "2099-05-04T09:30:00Z", "channel": "in_person", "place": REACH}
    action = {"owner": "participant", "what": REACH, "where": REACH, "how": REACH, "due": "2099-05-20"}
    said(coach, f"{case}/needs", {"barriers": ["digital"], "summary": REACH}, case)
    said(coach, f"{case}/safety-concerns", {"what": REACH}, case)
    said(coach, f"{case}/actions", action, case)
    said(coach, f"{case}/plan", {"goal": f"{STEM} works in a bakery."}, case)
    said(coach, f"{case}/messages", {"text": REACH})
    said(coach, f"{case}/appointments", meeting)
    job = said(coach, f"{case}/jobs", work | {"starts_on": "2026-05-04"})["job"]
    said(coach, f"/jobs/{job}/check-ins/1", {"mood": "good", "word": REACH})


def say_in_search(coach: httpx.Client, own: str, work: dict[str, str]) -> None:
    """Write a CV, of an employer, of a job found elsewhere and its interview, and of wishes."""
    said(coach, f"{own}/cvs", {"basics": {"name": STEM, "phone": f"0{PHONE}", "summary": LONG}})
    said(coach, f"{own}/employers", {"name": f"{STEM} Mill", "contact": REACH})
    applied = f"/applications/{said(coach, f'{own}/applications', work)['application']}"
    eventually(lambda: coach.get(applied).is_success, bool)
    said(coach, f"{applied}/send", {}, applied)
    said(coach, f"{applied}/interviews", {"day": "2026-05-02", "place": REACH}, applied)
    answered(coach.put(f"{own}/profile", json={"work": f"baker at {STEM}"}, headers={"If-Match": '"0"'}))


def said(client: httpx.Client, path: str, form: Any, seen: str = "") -> Any:
    """Ask for something, on the version that `seen` shows; return the ids of what was made."""
    for _ in range(20):
        version = {"If-Match": answered(client.get(seen), whole=True).headers["etag"]} if seen else {}
        answer = client.post(path, json=form, headers=version)
        if answer.status_code != httpx.codes.PRECONDITION_FAILED:
            break
    told = answered(answer, whole=True)
    if seen:
        shown_after(told, client, seen)
    return told.json()["ids"]


def shown_after(told: httpx.Response, client: httpx.Client, path: str) -> None:
    """Wait until a page shows the version that was told of."""

    def shown() -> int:
        return int(answered(client.get(path), whole=True).headers["etag"].strip('"'))

    eventually(shown, lambda version: bool(version >= told.json()["version"]))


def pages(story: Story) -> list[tuple[str, str]]:
    """Return where somebody wrote about the person, and their coach reads it."""
    own, case = f"/participants/{story.participant}", f"/cases/{story.case}"
    return [
        *(("caseload", path) for path in (own, f"{own}/timeline", f"{case}/messages", f"{case}/appointments")),
        ("caseload", f"{case}/jobs"),
        *(("jobsearch", f"{own}/{part}") for part in ("cvs/1", "applications", "employers", "profile")),
        ("nudges", f"{own}/nudge-preferences"),
    ]


def says_something(town: Town, service: str, path: str) -> bool:
    """Return whether a page shows anything of the person."""
    with town.client(service, "coach-amir") as coach:
        text = answered(coach.get(path), whole=True).text
    return any(marker in text for marker in MARKERS)


def answered(answer: httpx.Response, *, whole: bool = False) -> Any:
    """Return what a successful answer says, or the `whole` answer."""
    assert answer.is_success, answer.text
    return answer if whole else answer.json()
