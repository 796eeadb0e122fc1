"""Files of vacancies wait for their confirmation in memory: half an hour, so many, seen by who sent them."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from events.jobsearch import Vacancy
from jobsearch.uploads import KEPT_FOR, MOST_VACANCIES_KEPT, TooManyUploadsError, Upload, Uploads, UploadState
from jobsearch.vacancy_file import Preview
from jobsearch.vacancy_import import Progress

JONAH = uuid4()
BAKER = Vacancy(source="feed", title="Baker")


class Watch:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 7, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def uploads(watch: Watch) -> Uploads:
    return Uploads(watch)


def upload(watch: Watch, count: int = 1) -> Upload:
    vacancies = {UUID(int=number): BAKER for number in range(count)}
    return Upload(uuid4(), JONAH, Preview("feed", vacancies, 0, (), 0), whole=True, touched_at=watch())


async def bring_in(progress: Progress) -> None:
    progress.added += 1


async def break_off(_progress: Progress) -> None:
    message = "the words of somebody"
    raise LookupError(message)


async def until_it_ends(uploads: Uploads) -> None:
    await asyncio.gather(*uploads._running)


def test_a_file_is_kept_for_half_an_hour_for_who_sent_it(uploads: Uploads, watch: Watch) -> None:
    kept = upload(watch)
    uploads.keep(kept)
    watch.now += KEPT_FOR - timedelta(seconds=1)
    assert uploads.find(kept.id, JONAH) is kept
    assert uploads.find(kept.id, uuid4()) is None
    watch.now += timedelta(seconds=1)
    assert uploads.find(kept.id, JONAH) is None


def test_so_many_vacancies_are_kept_and_no_more(uploads: Uploads, watch: Watch) -> None:
    uploads.keep(upload(watch, MOST_VACANCIES_KEPT))
    with pytest.raises(TooManyUploadsError):
        uploads.keep(upload(watch))
    watch.now += KEPT_FOR
    uploads.keep(upload(watch))


async def test_a_file_that_came_in_is_not_begun_again(uploads: Uploads, watch: Watch) -> None:
    kept = upload(watch)
    uploads.start(kept, bring_in)
    await until_it_ends(uploads)
    uploads.start(kept, bring_in)
    assert (kept.state, kept.progress.added) == (UploadState.DONE, 1)


async def test_one_that_broke_off_can_be_begun_again(
    uploads: Uploads, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = upload(watch)
    uploads.start(kept, break_off)
    await until_it_ends(uploads)
    assert kept.state is UploadState.STOPPED
    uploads.start(kept, bring_in)
    await until_it_ends(uploads)
    assert (kept.state, kept.progress.added) == (UploadState.DONE, 1)
    assert "LookupError" in caplog.text
    assert "somebody" not in caplog.text


async def test_closing_stops_what_is_under_way(uploads: Uploads, watch: Watch) -> None:
    never = asyncio.Event()

    async def wait(_progress: Progress) -> None:
        await never.wait()

    uploads.start(upload(watch), wait)
    await asyncio.sleep(0)
    await uploads.close()
    assert len(asyncio.all_tasks()) == 1
