"""Saved views of a caseload, on a real database; and a list as a table."""

from typing import Any
from uuid import uuid4

import pytest

from chassis.clock import system_clock
from chassis.database import Pool
from chassis.identity import Actor
from gateway.saved_views import MOST, NameTakenError, SavedViews, TooManyError
from gateway.web.caseload import everybody

AMIR = Actor(uuid4(), "coach", uuid4())
BEA = Actor(uuid4(), "coach", AMIR.tenant)


@pytest.fixture
def views(pool: Pool) -> SavedViews:
    """Nobody's views yet."""
    return SavedViews(pool, system_clock)


async def names(views: SavedViews, owner: Actor) -> list[str]:
    """Return what somebody's views are called."""
    return [view.name for view in await views.of(owner)]


async def test_each_sees_the_views_that_they_kept(views: SavedViews) -> None:
    await views.keep(AMIR, "Gone quiet", "no_contact", "last_contact", None)
    await views.keep(BEA, "Gone quiet", "no_contact", "opened", BEA.id, 30)

    [kept] = await views.of(BEA)
    assert (kept.name, kept.ready, kept.sort, kept.coach_id) == ("Gone quiet", "no_contact", "opened", BEA.id)
    assert [kept.days, *(view.days for view in await views.of(AMIR))] == [30, 14]
    assert await names(views, AMIR) == ["Gone quiet"]


async def test_a_name_is_there_once_and_views_are_not_without_end(views: SavedViews) -> None:
    await views.keep(AMIR, "Mine", "everybody", "opened", None)
    with pytest.raises(NameTakenError):
        await views.keep(AMIR, "Mine", "no_contact", "opened", None)
    for number in range(1, MOST):
        await views.keep(AMIR, str(number), "everybody", "opened", None)
    with pytest.raises(TooManyError):
        await views.keep(AMIR, "One too many", "everybody", "opened", None)


async def test_what_was_renamed_or_removed_is_taken_back(views: SavedViews) -> None:
    kept = await views.keep(AMIR, "Quiet", "no_contact", "opened", None)
    assert await views.rename(AMIR, kept, "Silent")
    assert await names(views, AMIR) == ["Silent"]
    assert await views.take_back(AMIR, kept)
    assert await names(views, AMIR) == ["Quiet"]

    assert await views.remove(AMIR, kept)
    assert await names(views, AMIR) == []
    assert await views.take_back(AMIR, kept)
    assert await names(views, AMIR) == ["Quiet"]


async def test_nobody_changes_what_another_keeps(views: SavedViews) -> None:
    kept = await views.keep(AMIR, "Mine", "everybody", "opened", None)
    elsewhere = Actor(AMIR.id, "coach", uuid4())
    for other in (BEA, elsewhere):
        assert not await views.rename(other, kept, "Theirs")
        assert not await views.remove(other, kept)
        assert not await views.take_back(other, kept)
    assert await names(views, AMIR) == ["Mine"]


async def test_the_database_itself_keeps_providers_apart(views: SavedViews, pool: Pool) -> None:
    await views.keep(AMIR, "Mine", "everybody", "opened", None)
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("select set_config('waymark.tenant', %s, true)", [str(uuid4())])
        assert await (await connection.execute("select 1 from saved_view")).fetchone() is None


async def test_a_table_holds_everybody_of_a_list_however_long_each_once() -> None:
    pages = {1: (["a", "b"], 2), 2: (["b", "c"], 3), 3: (["d"], None)}

    async def read(page: int) -> Any:
        people, further = pages[page]
        return {"people": [{"participant_id": one} for one in people], "next": further}

    assert [one["participant_id"] for one in await everybody(read)] == ["a", "b", "c", "d"]
