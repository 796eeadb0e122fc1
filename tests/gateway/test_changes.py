"""Live changes: who sees a person hears of them at once, misses nothing while away, and nothing once they are gone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.gateway.running import API, Person, Platform, Provider, done


@dataclass
class Event:
    """A server-sent event."""

    event: str = ""
    id: str = ""
    data: str = ""

    @property
    def place(self) -> str:
        """Return how far a reader has to be, empty for an event that is of nobody."""
        return str(json.loads(self.data).get("at_least", "")) if self.event == "moved" else ""

    @property
    def participant(self) -> str:
        """Return whom it is about."""
        return str(json.loads(self.data)["participant_id"])


def events(answer: httpx.Response) -> Iterator[Event]:
    """Yield the events of a stream; comments are nobody's."""
    event = Event()
    for line in answer.iter_lines():
        if not line and event.event:
            yield event
            event = Event()
        name, _, value = line.partition(": ")
        if name in {"event", "id", "data"}:
            setattr(event, name, value)


@contextmanager
def following(platform: Platform, actor: Actor, since: str = "") -> Iterator[Iterator[Event]]:
    """Follow changes as somebody."""
    headers = {"Last-Event-ID": since} if since else {}
    with platform.client(actor).stream("GET", f"{API}/changes", headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer)


def heard_of(heard: Iterator[Event], answer: httpx.Response) -> Event:
    """Return the event of what was just done; what was done before it may still be on its way."""
    return next(event for event in heard if event.place == answer.headers["waymark-position"])


def until(heard: Iterator[Event], place: str) -> list[Event]:
    """Return events up to `ready` and that of a place: the gateway may hear of it only after the stream was opened."""
    events: list[Event] = []
    while {"ready", place} - {one.event for one in events} - {one.place for one in events}:
        events.append(next(heard))
    return events


def changed(client: httpx.Client, case: str, step: str, body: object, after: str = "") -> httpx.Response:
    """Change a case, read again as often as its view is not there yet."""
    while True:
        version = done(client.get(case, params={"at_least": after} if after else {})).headers["etag"]
        answer = client.post(f"{case}/{step}", json=body, headers={"If-Match": version})
        if answer.status_code != 412:
            return done(answer)


def contact(platform: Platform, person: Person, coach: Actor | None = None, after: str = "") -> httpx.Response:
    """Let a coach record a contact, which is a new fact of this person; `after` is what has to be known before."""
    body = {"channel": "phone", "occurred_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat()}
    return changed(platform.client(coach or person.coach), f"{API}/cases/{person.case}", "contacts", body, after)


def assign(platform: Platform, person: Person, coach: Actor) -> httpx.Response:
    """Let the manager give a case to another coach."""
    body = {"coach_id": str(coach.id)}
    return changed(platform.client(person.manager), f"{API}/cases/{person.case}", "coach", body)


def test_a_coach_hears_of_their_person_and_may_ask_at_least_for_that(platform: Platform) -> None:
    person, other = platform.refer(), platform.refer()
    with following(platform, person.coach) as heard:
        assert next(heard).event == "ready"
        contact(platform, other)
        contact(platform, person)
        moved = next(heard)

    assert (moved.event, moved.participant) == ("moved", str(person.id))
    position = {"at_least": json.loads(moved.data)["at_least"]}
    assert platform.client(person.coach).get(f"{API}/cases/{person.case}", params=position).status_code == 200


def test_the_person_and_their_manager_hear_of_it_too(platform: Platform) -> None:
    person = platform.refer()
    for actor in (person.actor, person.manager):
        with following(platform, actor) as heard:
            next(heard)
            contact(platform, person)
            assert next(heard).participant == str(person.id)


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(platform: Platform) -> None:
    person = platform.refer()
    with following(platform, person.coach) as heard:
        assert next(heard).event == "ready"
        place = heard_of(heard, contact(platform, person)).id
    tokens = [contact(platform, person).headers["waymark-position"] for _ in range(3)]

    with following(platform, person.coach, place) as heard:
        events = until(heard, tokens[-1])
        moved = [event for event in events if event.place]
    with following(platform, person.coach, moved[-2].id) as heard:
        again = next(heard)

    # Policies tell facts of this person too, each when it comes to it.
    told = [event.place for event in moved]
    assert [place for place in told if place in tokens] == tokens
    assert len(set(told)) == len(told)
    assert [event.event for event in events if not event.place] == ["ready"]
    assert again == moved[-1]


def test_a_person_who_got_another_coach_is_gone_for_the_first_one(platform: Platform) -> None:
    person = platform.refer()
    other = person.provider.actor("coach")
    with following(platform, person.coach) as heard, following(platform, other) as heard_by_other:
        assert [next(heard).event, next(heard_by_other).event] == ["ready", "ready"]
        place = heard_of(heard, contact(platform, person)).id
        assigned = assign(platform, person, other)
        gone, came = next(heard), next(heard_by_other)
        contact(platform, person, other, assigned.headers["waymark-position"])
        assert next(heard_by_other).event == "moved"

    assert (gone.event, gone.participant) == ("gone", str(person.id))
    assert (came.event, came.participant) == ("moved", str(person.id))
    with following(platform, person.coach, place) as heard:
        assert [next(heard).event for _ in range(2)] == ["gone", "ready"]


def test_a_stranger_hears_nothing_of_them(platform: Platform) -> None:
    person, mine = platform.refer(), platform.refer()
    stranger = mine.provider.actor("provider_manager")
    with following(platform, stranger) as heard:
        next(heard)
        contact(platform, person)
        contact(platform, mine)
        assert next(heard).participant == str(mine.id)


@pytest.mark.parametrize("role", ["analyst", "operator"])
def test_who_sees_no_person_follows_nobody(platform: Platform, role: str) -> None:
    assert platform.client(Actor(uuid4(), role)).get(f"{API}/changes").status_code == 403


@pytest.mark.parametrize("place", ["7", "a.b", "1." * 23 + "x", "." * 23])
def test_a_place_that_no_event_named_is_refused(platform: Platform, place: str) -> None:
    actor = Provider().actor("coach")

    assert platform.client(actor).get(f"{API}/changes", headers={"Last-Event-ID": place}).status_code == 400
