"""One request is one trace and one correlation, in the gateway and in the service behind it."""

import re
from uuid import UUID, uuid4

import psycopg

from chassis.identity import Actor
from tests.gateway.running import API, Platform, done, wait_until


def logged(platform: Platform, name: str) -> list[str]:
    """Return the lines of a service's log; that of a request comes a moment after its answer."""
    return (platform.folder / f"{name}-all.log").read_text().splitlines()


def test_a_request_is_one_trace_through_gateway_and_service(platform: Platform) -> None:
    trace = uuid4().hex
    headers = {"traceparent": f"00-{trace}-{uuid4().hex[:16]}-01"}

    done(platform.client(Actor(uuid4(), "referrer")).get(f"{API}/referrals", headers=headers))

    def told_by(name: str) -> bool:
        return any(trace in line and "/referrals" in line for line in logged(platform, name))

    wait_until(lambda: told_by("gateway") and told_by("referrals"))


def test_a_correlation_goes_through_to_what_is_recorded(platform: Platform) -> None:
    correlation = uuid4()
    form = {"provider_id": str(uuid4()), "programme_id": str(uuid4()), "person": {"name": "Ada"}}
    client = platform.client(Actor(uuid4(), "referrer"), **{"X-Correlation-Id": str(correlation)})

    sent = done(client.post(f"{API}/referrals", json=form)).json()["ids"]["referral"]

    with psycopg.connect(platform.addresses.databases["referrals"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', false)")
        query = "select distinct correlation from stored_events where originator_id = %s"
        assert connection.execute(query, [UUID(sent)]).fetchall() == [(correlation.hex,)]


def test_the_log_names_the_route_and_never_the_path(platform: Platform) -> None:
    person = platform.refer()
    platform.client(person.coach).get(f"{API}/cases/{person.case}")

    wait_until(lambda: any(f"{API}/cases/{{case_id}}" in line for line in logged(platform, "gateway")))
    log = "".join(logged(platform, "gateway"))
    assert str(person.case) not in log
    assert not re.search(r"cases/[0-9a-f-]{36}", log)
