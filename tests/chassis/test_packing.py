"""What the relay writes around a fact is CloudEvents, by the judgement of the official library, and loses nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from hypothesis import given
from hypothesis import strategies as some

from chassis.listen.told import Told
from events.envelope import EnvelopeError
from tests.envelope import Envelope

AN_ENVELOPE = Envelope(
    id="7d1f9cb6-6a63-4a8f-9c50-3ad6a3b0b6de:3",
    source="referrals",
    type="waymark.referrals.ReferralAccepted.v1",
    subject=UUID("0c8ff2d2-2e45-4d0b-9d0a-5a1c1e0f1b11"),
    time=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    recorded_at=datetime(2026, 3, 2, 9, 30, 1, 250_000, tzinfo=UTC),
    position=42,
    previous=40,
    correlation_id="4bf92f3577b34da6a3ce929d0e0e4736",
    causation_id="7d1f9cb6-6a63-4a8f-9c50-3ad6a3b0b6de:2",
    actor="coach:8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    tenant=UUID("5f3f8a40-5c5e-4b0e-a8a4-0d9f8f6f2c22"),
)

WORDS = ("correlation_id", "causation_id", "actor", "traceparent")

words = some.text(some.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
offsets = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = some.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=offsets)  # noqa: DTZ001
envelopes = some.builds(
    Envelope,
    id=words,
    source=words,
    type=words,
    subject=some.none() | some.uuids(),
    time=moments,
    recorded_at=moments,
    position=some.integers(1, 2**63),
    previous=some.integers(0, 2**63),
    correlation_id=some.just("") | words,
    causation_id=some.just("") | words,
    actor=some.just("") | some.text(some.characters(codec="utf-8", exclude_characters="\0")),
    traceparent=some.just("") | words,
    tenant=some.none() | some.uuids(),
)


def told(headers: Iterable[tuple[str, bytes]]) -> Told:
    """Return what is heard with such headers."""
    place = {"topic": "waymark.journey", "partition": 3, "offset": 7}
    return Told(SimpleNamespace(**place, key=b"a key", headers=list(headers), value=b"{}"))


@given(envelopes)
def test_a_listener_reads_what_a_relay_wrote(envelope: Envelope) -> None:
    heard = told(envelope.headers())
    assert (heard.id, heard.source, heard.type) == (envelope.id, envelope.source, envelope.type)
    assert (heard.position, heard.previous) == (envelope.position, envelope.previous)
    assert (heard.recorded_at, heard.tenant) == (envelope.recorded_at, envelope.tenant)
    assert [heard.word(name) for name in WORDS] == [getattr(envelope, name) for name in WORDS]
    if envelope.subject:
        assert heard.subject == envelope.subject


@given(envelopes)
def test_the_official_library_reads_the_same_event(envelope: Envelope) -> None:
    event = from_binary_event(KafkaMessage(dict(envelope.headers()), key=None, value=b'{"reason":"other"}'))
    assert (event.get_id(), event.get_source(), event.get_type()) == (envelope.id, envelope.source, envelope.type)
    assert (event.get_subject(), event.get_time()) == (str(envelope.subject or "") or None, envelope.time)
    assert (event.get_specversion(), event.get_datacontenttype()) == ("1.0", "application/json")
    assert event.get_data() == {"reason": "other"}


def test_a_message_key_does_not_disturb_the_official_library() -> None:
    key = str(AN_ENVELOPE.subject).encode()
    event = from_binary_event(KafkaMessage(dict(AN_ENVELOPE.headers()), key=key, value=b"{}"))
    assert event.get_extension("partitionkey") == str(AN_ENVELOPE.subject)


def test_what_is_not_known_is_left_out_of_the_headers() -> None:
    bare = replace(AN_ENVELOPE, subject=None, tenant=None, causation_id="", traceparent="")
    assert {"ce_subject", "tenant", "causation_id", "traceparent"}.isdisjoint(dict(bare.headers()))


def test_a_fact_about_nobody_has_no_subject() -> None:
    with pytest.raises(ValueError, match="UUID"):
        _ = told(replace(AN_ENVELOPE, subject=None).headers()).subject


def test_headers_that_others_add_are_passed_over() -> None:
    assert told([*AN_ENVELOPE.headers(), ("x-other", b"\xff")]).id == AN_ENVELOPE.id


@pytest.mark.parametrize("missing", ["ce_source", "ce_type", "position", "previous"])
def test_a_message_that_lacks_what_a_fence_needs_is_no_fact(missing: str) -> None:
    headers = [(name, value) for name, value in AN_ENVELOPE.headers() if name != missing]
    with pytest.raises(EnvelopeError, match="offset 7 of partition 3"):
        told(headers)


@pytest.mark.parametrize("malformed", ["position", "previous"])
def test_a_message_whose_place_is_malformed_is_no_fact(malformed: str) -> None:
    headers = [(name, b"?" if name == malformed else value) for name, value in AN_ENVELOPE.headers()]
    with pytest.raises(EnvelopeError):
        told(headers)
