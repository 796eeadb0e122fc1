"""One trace goes from a request through store, relay and Kafka to another service's views and policy."""

import json
import secrets
import time
from typing import Any

import httpx
import pytest

from waymark.operator.logbook import SEALED

from .town import PATIENCE_SECONDS, Town, accept

# The first test waits for the whole platform to start.
pytestmark = pytest.mark.timeout(400)

MARKERS = {"name": "Tracy Traceablesson", "email": "traceable@example.org", "notes": "Markernote of the trace."}
POLICY = "react when_referral_accepted_open_case"
WANTED = {
    ("referrals", "send waymark.journey"),
    ("referrals", "fold referrals"),
    ("caseload", "fold caseload"),
    ("caseload", "fold timeline"),
    ("caseload", POLICY),
    ("caseload", "send waymark.journey"),
}
TOLD_FIRST = ["referrals", "send", "waymark.journey"]
Span = dict[str, Any]


@pytest.fixture(scope="module")
def browser() -> str:
    """The traceparent that a browser sends."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


@pytest.fixture(scope="module")
def participant(town: Town, browser: str) -> str:
    """A person whose acceptance was asked for in the browser's trace."""
    return accept(town, MARKERS, "coach-amir", traceparent=browser)


@pytest.fixture(scope="module")
def spans(town: Town, browser: str, participant: str) -> dict[str, Span]:
    """What Zipkin knows of the browser's trace, by span id, when all of it has arrived or nobody waits any longer."""
    assert participant

    def ask() -> list[Span]:
        found = httpx.get(f"{town.zipkin.url}/api/v2/trace/{browser[3:35]}", trust_env=False)
        return list(found.json()) if found.is_success else []

    def complete(found: list[Span]) -> bool:
        return {named(span) for span in found} >= WANTED and len(of(found, "caseload", "fold timeline")) > 1

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not complete(found := ask()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return {span["id"]: span for span in found}


def named(span: Span) -> tuple[str, str]:
    return span["localEndpoint"]["serviceName"], span["name"]


def of(spans: list[Span], service: str, name: str) -> list[Span]:
    return [span for span in spans if named(span) == (service, name)]


def ancestors(spans: dict[str, Span], span: Span) -> list[tuple[str, str]]:
    """Return the names of the spans above a span, the nearest first."""
    above = []
    while span := spans.get(span.get("parentId", ""), {}):
        above.append(named(span))
    return above


def test_the_request_is_the_root_below_the_browser(spans: dict[str, Span], browser: str) -> None:
    [request] = [span for span in spans.values() if span.get("parentId") == browser[36:52]]

    assert request["kind"] == "SERVER"
    assert request["localEndpoint"]["serviceName"] == "referrals"
    assert request["tags"]["http.route"] == "/referrals/{referral_id}/accept"


def test_the_stored_fact_carries_the_requests_span_and_the_relays_span_follows_it(
    town: Town, spans: dict[str, Span], browser: str
) -> None:
    query = "select traceparent from stored_events where topic like '%ReferralAccepted%' and traceparent like '%{}%'"
    [(stored,)] = town.rows("referrals", query.format(browser[3:35]))

    [told] = of(list(spans.values()), "referrals", "send waymark.journey")
    assert spans[stored[36:52]]["parentId"] == browser[36:52]
    assert told["parentId"] == stored[36:52]


def test_another_services_policy_and_what_follows_from_it_belong_to_the_same_trace(spans: dict[str, Span]) -> None:
    told = ("referrals", "send waymark.journey")
    [policy] = of(list(spans.values()), "caseload", POLICY)
    folds = of(list(spans.values()), "caseload", "fold timeline")

    assert ancestors(spans, policy)[0] == told
    assert {tuple(ancestors(spans, fold)[:2]) for fold in folds} == {
        (told, *ancestors(spans, policy)[1:2]),
        (("caseload", "send waymark.journey"), ("caseload", POLICY)),
    }


def test_spans_of_messages_carry_the_attributes_of_messaging(spans: dict[str, Span]) -> None:
    messages = [span for span in spans.values() if span.get("kind") in {"PRODUCER", "CONSUMER"}]

    assert len(messages) >= len(WANTED)
    for span in messages:
        operation = "send" if span["kind"] == "PRODUCER" else "process"
        assert span["tags"].items() >= {
            ("messaging.system", "kafka"),
            ("messaging.operation.name", operation),
            ("messaging.operation.type", operation),
            ("messaging.destination.name", "waymark.journey"),
        }
        assert operation == "send" or {"messaging.destination.partition.id", "messaging.kafka.offset"} <= {
            *span["tags"]
        }


def test_no_span_of_any_service_carries_a_person(town: Town, spans: dict[str, Span], participant: str) -> None:
    services = httpx.get(f"{town.zipkin.url}/api/v2/services", trust_env=False).json()
    everything = [
        httpx.get(f"{town.zipkin.url}/api/v2/traces?serviceName={name}&limit=1000", trust_env=False).json()
        for name in services
    ]
    text = json.dumps([everything, spans], ensure_ascii=False).casefold()

    assert {"referrals", "caseload", "keyring"} <= set(services)
    assert "/referrals/{referral_id}/accept" in text
    for marker in (*MARKERS.values(), *MARKERS["name"].split(), participant, "sealed:1:"):
        assert marker.casefold() not in text


def test_an_operator_reads_the_trace(town: Town, spans: dict[str, Span], browser: str) -> None:
    shown = town.command("trace", browser[3:35])

    assert shown.returncode == 0, shown.stderr
    assert next(line.split()[-3:] for line in shown.stdout.splitlines() if "send" in line) == TOLD_FIRST
    assert POLICY in shown.stdout
    assert spans


def test_a_trace_that_nobody_knows_is_told_in_one_line(town: Town) -> None:
    shown = town.command("trace", "0" * 31 + "1")

    assert shown.returncode == 1
    assert shown.stderr.startswith("waymark: Zipkin knows no trace")
    assert shown.stderr.count("\n") == 1


def test_an_operator_reads_a_persons_facts_without_what_is_sealed(town: Town, participant: str) -> None:
    shown = town.command("log", participant)

    assert shown.returncode == 0, shown.stderr
    for sentence in ("Referral submitted", "Referral accepted", "Case opened", SEALED):
        assert sentence in shown.stdout
    assert "sealed:1:" not in shown.stdout
