"""What a person does on the market is noted, summed up by the week, and forgotten after 13 months."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from chassis.aggregate import Aggregate, Recorded
from chassis.ask import Ask
from chassis.database import ALL_TENANTS, open_pool
from chassis.recover import missing_facts
from chassis.store import Store
from events.jobsearch import (
    DismissalReason,
    JobSearchMade,
    OfferMade,
    VacanciesShown,
    Vacancy,
    VacancyDismissed,
    VacancyOpened,
)
from jobsearch.activity import Dismissal, JobSearch, Opening
from jobsearch.forgetting import KEPT, forget_activity
from tests.jobsearch.running import Person, Platform, SpeaksAs, asked, eventually, read_after

NOW = datetime.now(UTC)
PERSON, PROVIDER, VACANCY = (UUID(int=number) for number in range(1, 4))
PLACES = {"participant_id": PERSON, "provider_id": PROVIDER}
MADE = JobSearchMade(occurred_at=NOW, hits=3, **PLACES)
OPENED = VacancyOpened(occurred_at=NOW, vacancy_id=VACANCY, **PLACES)
DISMISSED = VacancyDismissed(occurred_at=NOW, vacancy_id=VACANCY, reason=DismissalReason.TOO_FAR, **PLACES)


def news(aggregate: Aggregate) -> list[Any]:
    return [event.fact for event in aggregate.collect_events() if isinstance(event, Recorded)]


@pytest.mark.parametrize(("shown", "facts"), [((VACANCY,), 2), ((), 1)])
def test_a_search_that_found_nothing_showed_nothing(shown: tuple[UUID, ...], facts: int) -> None:
    search = JobSearch.begin(uuid4(), MADE)
    search.show(VacanciesShown(occurred_at=NOW, ranker="plain.1", first_rank=1, vacancy_ids=shown))
    assert len(news(search)) == facts


def test_the_same_reason_again_is_no_news_and_another_one_is() -> None:
    dismissal = Dismissal.begin(uuid4(), DISMISSED)
    dismissal.say(DISMISSED)
    dismissal.say(DISMISSED.model_copy(update={"reason": DismissalReason.OTHER}))
    assert [fact.reason for fact in news(dismissal)] == [DismissalReason.TOO_FAR, DismissalReason.OTHER]


@pytest.mark.parametrize(("kind", "begun"), [(JobSearch, MADE), (Opening, OPENED), (Dismissal, DISMISSED)])
def test_activity_is_told_apart_from_the_journey_and_folds_nothing_else(kind: type[Aggregate], begun: Any) -> None:
    aggregate = kind.begin(uuid4(), begun)
    assert (aggregate.told_on, aggregate.subject, aggregate.tenant) == ("waymark.activity", PERSON, PROVIDER)
    with pytest.raises(TypeError, match=f"{kind.__name__} does not fold OfferMade"):
        aggregate.record(OfferMade(occurred_at=NOW))


@pytest.fixture
def ada() -> Person:
    return Person(uuid4())


@pytest.fixture
def client(speaks: SpeaksAs, ada: Person) -> httpx.Client:
    return speaks(ada)


def noted(platform: Platform, at: datetime, *aggregates: Aggregate) -> None:
    """Store activity as it was noted at a moment."""

    async def store() -> None:
        async with open_pool(platform.addresses.databases["jobsearch"], scope=ALL_TENANTS) as pool:
            ask = Ask(actor="test", correlation_id=uuid4().hex)
            await Store(pool, "jobsearch", lambda: at).execute(ask, lambda session: session.save(*aggregates))

    asyncio.run(store())


def activity_of(person: Person, at: datetime) -> Sequence[Aggregate]:
    """Return a search that showed two vacancies, one of which was opened."""
    places = {"participant_id": person.id, "provider_id": person.provider}
    search = JobSearch.begin(uuid4(), JobSearchMade(occurred_at=at, hits=2, **places))
    search.show(VacanciesShown(occurred_at=at, ranker="plain.1", first_rank=1, vacancy_ids=(VACANCY, PERSON)))
    opened = VacancyOpened(occurred_at=at, vacancy_id=VACANCY, search_id=search.id, rank=1, **places)
    return search, Opening.begin(uuid4(), opened)


def test_person_and_coach_see_the_same_weeks(
    client: httpx.Client, speaks: SpeaksAs, ada: Person, platform: Platform
) -> None:
    noted(platform, NOW, *activity_of(ada, NOW), *activity_of(ada, NOW - timedelta(days=7)))
    vacancy = {"vacancy_id": str(platform.advertise())}
    path = f"/participants/{ada.id}/activity"
    eventually(client, f"{path}/weekly?weeks=2", lambda page: [week["opened"] for week in page["weeks"]] == [1, 1])
    applications = f"/participants/{ada.id}/applications"
    application = asked(client, applications, {"title": "Baker"}).json()["ids"]["application"]
    asked(client, f"/applications/{application}/send", {}, 1)
    asked(client, f"/applications/{application}/interviews", {}, 2)
    eventually(client, f"/applications/{application}", lambda entry: entry["interviews"])
    opened = noted_by(client, f"{path}/opened", vacancy | {"rank": 3})
    dismissed = asked(client, f"{path}/dismissed", vacancy | {"reason": "too_far"})
    again = asked(client, f"{path}/dismissed", vacancy | {"reason": "too_far"})
    read_after(opened, client, f"{path}/weekly")
    weeks = read_after(dismissed, client, f"{path}/weekly")["weeks"]
    monday = weeks[0]["week"]
    assert weeks[0] == {
        "week": monday,
        "searches": 1,
        "shown": 2,
        "opened": 2,
        "dismissed": 1,
        "saved": 1,
        "sent": 1,
        "interviews": 1,
    }
    assert (weeks[1]["searches"], weeks[1]["saved"], again.status_code) == (1, 0, 201)
    platform.take_on(ada)
    coach = speaks(ada, "coach")
    assert eventually(coach, f"{path}/weekly", lambda page: page)["weeks"] == weeks


def noted_by(client: httpx.Client, path: str, body: Any) -> httpx.Response:
    """Note something of a vacancy as soon as it is on the market."""
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    while (answer := asked(client, path, body)).status_code == 404:
        assert datetime.now(UTC) < deadline
    return answer


@pytest.mark.parametrize("what", ["opened", "dismissed"])
def test_a_vacancy_that_never_was_is_not_found(client: httpx.Client, ada: Person, what: str) -> None:
    body = {"vacancy_id": str(uuid4())} | ({"reason": "too_far"} if what == "dismissed" else {})
    assert asked(client, f"/participants/{ada.id}/activity/{what}", body).status_code == 404


def test_a_search_is_noted_for_who_made_it_with_what_it_showed_page_by_page(
    client: httpx.Client, ada: Person, platform: Platform
) -> None:
    word = f"zymurgist{uuid4().hex[:8]}"
    for _ in range(21):
        platform.advertise(Vacancy(source="test", title=word))
    eventually_found(client, word, 21)
    first = searched(client, words=word)
    second = searched(client, words=word, page=2, search_id=first["search_id"])
    assert first["search_id"] == second["search_id"]
    with psycopg.connect(platform.addresses.databases["jobsearch"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', true)")
        query = "select state from stored_events where originator_id = %s order by originator_version"
        made, *shown = [json.loads(state) for (state,) in connection.execute(query, [first["search_id"]])]
    assert (made["hits"], made["words"].startswith("sealed:")) == (21, True)
    assert [(page["ranker"], page["first_rank"], len(page["vacancy_ids"])) for page in shown] == [
        (first["ranker"], 1, 20),
        (first["ranker"], 21, 1),
    ]
    assert shown[0]["vacancy_ids"] == [hit["vacancy"]["id"] for hit in first["hits"]]
    path = f"/participants/{ada.id}/activity/weekly"
    eventually(client, path, lambda page: page["weeks"][0]["shown"] >= 21)


def eventually_found(client: httpx.Client, word: str, total: int) -> None:
    """Wait until a word is found so often."""
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    while searched(client, words=word)["total"] < total:
        assert datetime.now(UTC) < deadline


def searched(client: httpx.Client, **asked: Any) -> Any:
    """Search, and return what is shown."""
    answer = client.post("/vacancies/search", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_coach_searches_for_nobody_or_for_their_own_people(
    speaks: SpeaksAs, client: httpx.Client, ada: Person, platform: Platform
) -> None:
    platform.take_on(ada)
    coach = speaks(ada, "coach")
    eventually(coach, f"/participants/{ada.id}/activity/weekly", lambda page: page)
    assert searched(coach, words="baker")["search_id"] is None
    for_ada = searched(coach, words="baker", participant_id=str(ada.id))["search_id"]
    path = f"/participants/{ada.id}/activity/weekly"
    eventually(client, path, lambda page: page["weeks"][0]["searches"] == 1)
    other = speaks(Person(ada.provider), "coach")
    refused = other.post("/vacancies/search", json={"participant_id": str(ada.id)})
    strange = speaks(Person(ada.provider)).post("/vacancies/search", json={"page": 2, "search_id": for_ada})
    assert (refused.status_code, strange.status_code) == (403, 404)


def stored(platform: Platform, person: Person) -> int:
    """Return how many facts the store has about a person's activity."""
    with psycopg.connect(platform.addresses.databases["jobsearch"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', true)")
        query = "select count(*) from stored_events where told_on = 'waymark.activity' and subject = %s"
        (count,) = connection.execute(query, [person.id]).fetchone() or (0,)
        return int(count)


def forget(platform: Platform) -> int:
    """Forget what is old by now."""

    async def forget() -> int:
        async with open_pool(platform.addresses.databases["jobsearch"], scope=ALL_TENANTS) as pool:
            return await forget_activity(pool, datetime.now(UTC))

    return asyncio.run(forget())


def missing_after_retelling(platform: Platform) -> list[Any]:
    """Return what the store is said to lack when everything that Kafka has is compared with it."""

    async def ask() -> list[Any]:
        database = platform.addresses.databases["jobsearch"]
        async with await psycopg.AsyncConnection.connect(database, options="-c waymark.tenant=*") as connection:
            await connection.execute("delete from relay_position")
            missing: list[Any] = list(await missing_facts(connection, "jobsearch", platform.kafka, platform.prefix))
            await connection.rollback()
            return missing

    return asyncio.run(ask())


def test_what_is_older_than_13_months_is_forgotten_as_a_whole_and_is_not_missed(
    client: httpx.Client, ada: Person, platform: Platform
) -> None:
    long_ago = NOW - KEPT - timedelta(days=1)
    old, opening = activity_of(ada, long_ago)
    noted(platform, long_ago, old, opening)
    half, _ = activity_of(ada, long_ago)
    noted(platform, long_ago, half)
    shown = VacanciesShown(occurred_at=NOW, ranker="plain.1", first_rank=21, vacancy_ids=(VACANCY,))
    assert isinstance(half, JobSearch)
    half.show(shown)
    noted(platform, NOW, half)
    noted(platform, NOW, *activity_of(ada, NOW))
    path = f"/participants/{ada.id}/activity/weekly?weeks=1"
    eventually(client, path, lambda page: page["weeks"][0]["opened"])
    assert stored(platform, ada) == 9
    assert forget(platform) >= 3
    assert (stored(platform, ada), forget(platform)) == (6, 0)
    assert missing_after_retelling(platform) == []
    assert rows(platform, ada) == 4


def rows(platform: Platform, person: Person) -> int:
    """Return how many rows the view has of a person."""
    with psycopg.connect(platform.addresses.databases["jobsearch"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', true)")
        query = "select count(*) from activity where participant_id = %s"
        (count,) = connection.execute(query, [person.id]).fetchone() or (0,)
        return int(count)
