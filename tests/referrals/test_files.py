"""Files of referrals over HTTP: preview, errors, confirmation, progress, and nothing twice."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.referrals.conftest import WORKS, Provider, Running
from waymark.personas import id_of

Numbers = Callable[[], str]
HEADER = "reference,name,ni_number,postcode,coach,referred_on,accepted_on\n"


@pytest.fixture(scope="module")
def number() -> Numbers:
    """Return NI numbers that no other test here uses."""
    taken = iter(range(300_000, 400_000))
    return lambda: f"QQ{next(taken)}D"


@pytest.fixture
def manager(service: Running) -> httpx.Client:
    """A manager of the provider whose coaches the service knows."""
    return service.client(service.northway.actor("provider_manager"))


def send(client: httpx.Client, text: str, **parameters: str) -> httpx.Response:
    asked = {"programme_id": str(WORKS)} | parameters
    return client.post("/referral-files", params=asked, content=text.encode(), headers={"Content-Type": "text/csv"})


def confirmed(client: httpx.Client, file: str) -> dict[str, Any]:
    """Confirm a file and return it when it is done."""
    assert client.post(f"/referral-files/{file}/confirm").status_code == 202
    for _ in range(1200):
        shown = dict(client.get(f"/referral-files/{file}").json())
        if shown["state"] != "importing":
            return shown
        time.sleep(0.05)
    message = "the import does not end"
    raise AssertionError(message)


def bring_in(client: httpx.Client, text: str, **parameters: str) -> dict[str, Any]:
    answer = send(client, text, **parameters)
    assert answer.status_code == 201, answer.text
    return confirmed(client, answer.json()["id"])


def stages(client: httpx.Client, names: set[str]) -> dict[str, tuple[str, str | None]]:
    """Return the stage and the coach of these people once all of them are shown."""
    for _ in range(100):
        listed = client.get("/referrals", params={"limit": 200}).json()["referrals"]
        found = {one["name"]: (one["stage"], one["coach_id"]) for one in listed if one["name"] in names}
        if found.keys() == names:
            return found
        time.sleep(0.05)
    message = "not all of them are shown"
    raise AssertionError(message)


def test_good_rows_are_brought_in_and_the_others_are_told(manager: httpx.Client, number: Numbers) -> None:
    text = HEADER + (
        f"F1-1,Ada Accepted,{number()},LS1 1AA,coach-amir,01/09/2025,03/09/2025\n"
        f"F1-2,Bea Broken,{number()},Leeds,coach-nobody,,03/09/2025\n"
        f"F1-3,Cyd Submitted,{number()},,,,\n"
    )

    done = bring_in(manager, text)

    assert [(error["row"], error["column"]) for error in done["errors"]] == [(3, "postcode"), (3, "coach")]
    assert (done["state"], done["rows"], done["added"], done["repeated"]) == ("done", 2, 2, 0)
    assert stages(manager, {"Ada Accepted", "Cyd Submitted"}) == {
        "Ada Accepted": ("accepted", str(id_of("coach-amir"))),
        "Cyd Submitted": ("submitted", None),
    }


def test_nothing_is_brought_in_before_it_is_confirmed(service: Running) -> None:
    provider = Provider()
    manager = service.client(provider.actor("provider_manager"))

    previewed = send(manager, "name\nAda\n").json()

    assert (previewed["state"], previewed["rows"], previewed["done"]) == ("previewed", 1, 0)
    assert manager.get("/referrals").json()["referrals"] == []


def test_the_same_file_twice_adds_nothing(manager: httpx.Client, number: Numbers) -> None:
    with_reference = f"F2-1,Dee Twice,{number()},,,,\n"
    with_nothing_but_a_name = ",Eli Twice Without Number,,,,,\n"
    text = HEADER + with_reference + with_nothing_but_a_name

    first, second = bring_in(manager, text), bring_in(manager, text)

    assert (first["added"], first["repeated"]) == (2, 0)
    assert (second["added"], second["repeated"], second["refused"]) == (0, 2, [])


def test_the_same_file_in_another_shape_adds_nothing(manager: httpx.Client, number: Numbers) -> None:
    ni_number = number()
    first = bring_in(manager, f"name,ni_number,dob\nFay Shape,{ni_number},1990-12-31\n")

    second = bring_in(manager, f"d.o.b.;NINO;full name\n31/12/1990;{ni_number.lower()};Fay  Shape\n")

    assert (first["added"], second["added"], second["repeated"]) == (1, 0, 1)


def test_a_corrected_row_adds_its_person_and_the_others_stay(manager: httpx.Client, number: Numbers) -> None:
    good, bad = number(), number()
    assert bring_in(manager, HEADER + f"F3-1,Gil,{good},,,,\nF3-2,Hal,{bad},Leeds,,,\n")["added"] == 1

    again = bring_in(manager, HEADER + f"F3-1,Gil,{good},,,,\nF3-2,Hal,{bad},LS1 1AA,,,\n")

    assert (again["added"], again["repeated"]) == (1, 1)


def test_a_changed_row_under_an_old_reference_is_told(manager: httpx.Client, number: Numbers) -> None:
    ni_number = number()
    bring_in(manager, HEADER + f"F4-1,Ida,{ni_number},,,,\n")

    again = bring_in(manager, HEADER + f"F4-1,Ida,{ni_number},LS1 1AA,,,\n")

    assert (again["added"], again["done"]) == (0, 1)
    assert again["refused"] == [
        {"row": 2, "column": "reference", "reason": "came before with other details: change it where it is now"}
    ]


def test_a_person_with_an_open_referral_is_told(manager: httpx.Client, number: Numbers) -> None:
    ni_number = number()
    bring_in(manager, HEADER + f"F5-1,Jon,{ni_number},,,,\n")

    again = bring_in(manager, HEADER + f"F5-2,Jon,{ni_number},,,,\n")

    assert again["refused"] == [{"row": 2, "column": "", "reason": "has an open referral to this programme already"}]


def test_one_file_confirmed_in_two_places_at_once_is_brought_in_once(manager: httpx.Client) -> None:
    text = HEADER + "".join(f"F6-{row},Kim {row},,,,,\n" for row in range(400))
    files = [send(manager, text).json()["id"] for _ in range(2)]
    for file in files:
        manager.post(f"/referral-files/{file}/confirm")

    both = [confirmed(manager, file) for file in files]

    assert sum(one["added"] for one in both) == 400
    assert [one["done"] for one in both] == [400, 400]


def test_a_keyring_that_is_killed_on_the_way_loses_and_doubles_nothing(service: Running, manager: httpx.Client) -> None:
    text = HEADER + "".join(f"F8-{row},Nan {row},,,,,\n" for row in range(1500))
    file = send(manager, text).json()["id"]
    manager.post(f"/referral-files/{file}/confirm")
    while not manager.get(f"/referral-files/{file}").json()["done"]:
        time.sleep(0.01)
    service.keyring.kill()
    assert manager.get(f"/referral-files/{file}").json()["done"] < 1500

    service.keyring.start()

    done = confirmed(manager, file)
    assert (done["state"], done["added"], done["repeated"], done["refused"]) == ("done", 1500, 0, [])


def test_a_referrers_file_is_theirs_and_accepts_nobody(service: Running, number: Numbers) -> None:
    irena, provider = Actor(uuid4(), "referrer"), Provider()
    client = service.client(irena)
    row = f"F7-1,Lea Referred,{number()},,,,\nF7-2,Moe,{number()},,,,03/09/2025\n"

    done = bring_in(client, HEADER + row, provider_id=str(provider.id), referrer_id=str(uuid4()))

    assert [(error["row"], error["column"]) for error in done["errors"]] == [(3, "accepted_on")]
    assert stages(client, {"Lea Referred"}) == {"Lea Referred": ("submitted", None)}
    assert stages(service.client(provider.actor("coach")), {"Lea Referred"})


def test_files_come_in_for_ones_own_provider_only(service: Running, manager: httpx.Client) -> None:
    referrer = service.client(Actor(uuid4(), "referrer"))

    assert send(manager, "name\nAda\n", provider_id=str(uuid4())).status_code == 403
    assert send(referrer, "name\nAda\n").status_code == 403


def test_a_file_is_shown_to_who_sent_it_only(service: Running, manager: httpx.Client) -> None:
    file = send(manager, "name\nAda\n").json()["id"]
    colleague = service.client(service.northway.actor("provider_manager"))

    assert colleague.get(f"/referral-files/{file}").status_code == 404
    assert colleague.post(f"/referral-files/{file}/confirm").status_code == 404


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "needs a first row"), (b"name\nA\0da\n", "null bytes"), (b"name\n\x81\n", "neither UTF-8 nor Windows-1252")],
)
def test_a_file_that_is_no_table_is_a_problem(manager: httpx.Client, content: bytes, reason: str) -> None:
    csv = {"Content-Type": "text/csv"}
    answer = manager.post("/referral-files", params={"programme_id": str(WORKS)}, content=content, headers=csv)

    assert answer.status_code == 422
    assert reason in answer.json()["detail"]
