"""Files wait for their confirmation in memory: for half an hour, so many rows, seen by who sent them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from referrals.person_details import PersonDetails
from referrals.referral_file import Preview, ReferralRow
from referrals.referral_import import Destination, Progress
from referrals.uploads import KEPT_FOR, MOST_ROWS_KEPT, TooManyUploadsError, Upload, Uploads, UploadState

GRACE = uuid4()
ADA = ReferralRow(2, PersonDetails("Ada Lovelace", date(1990, 12, 10)))


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


def upload(watch: Watch, rows: int = 1, owner: UUID = GRACE) -> Upload:
    destination = Destination(uuid4(), uuid4(), uuid4(), {})
    return Upload(uuid4(), owner, destination, Preview((ADA,) * rows, (), ()), rows, watch())


async def bring_in(progress: Progress) -> None:
    progress.added += 1


async def break_off(_progress: Progress) -> None:
    message = "the name of somebody"
    raise LookupError(message)


async def until_it_ends(uploads: Uploads) -> None:
    await asyncio.gather(*uploads._running)


def test_a_file_is_kept_for_half_an_hour(uploads: Uploads, watch: Watch) -> None:
    kept = upload(watch)
    uploads.keep(kept)

    watch.now += KEPT_FOR - timedelta(seconds=1)
    assert uploads.find(kept.id, GRACE) is kept
    watch.now += timedelta(seconds=1)
    assert uploads.find(kept.id, GRACE) is None


def test_nobody_else_finds_it(uploads: Uploads, watch: Watch) -> None:
    kept = upload(watch)
    uploads.keep(kept)

    assert uploads.find(kept.id, uuid4()) is None


def test_so_many_rows_are_kept_and_no_more(uploads: Uploads, watch: Watch) -> None:
    uploads.keep(upload(watch, MOST_ROWS_KEPT))

    with pytest.raises(TooManyUploadsError):
        uploads.keep(upload(watch))
    watch.now += KEPT_FOR
    uploads.keep(upload(watch))


async def test_a_file_that_came_in_forgets_its_people(uploads: Uploads, watch: Watch) -> None:
    kept = upload(watch)
    uploads.keep(kept)

    uploads.start(kept, bring_in)
    await until_it_ends(uploads)

    assert (kept.state, kept.progress.added, kept.rows) == (UploadState.DONE, 1, 1)
    assert kept.preview.rows == ()


async def test_a_file_that_came_in_is_not_begun_again(uploads: Uploads, watch: Watch) -> None:
    kept = upload(watch)
    uploads.start(kept, bring_in)
    await until_it_ends(uploads)

    uploads.start(kept, bring_in)

    assert kept.state is UploadState.DONE
    assert kept.progress.added == 1


async def test_one_that_broke_off_can_be_begun_again_and_its_log_names_nobody(
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

    kept = upload(watch)
    uploads.start(kept, wait)
    await asyncio.sleep(0)

    await uploads.close()

    assert kept.state is UploadState.IMPORTING
    assert len(asyncio.all_tasks()) == 1
