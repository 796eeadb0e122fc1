"""What can be taken back, on a real database."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from caseload.main import ROUTERS
from chassis.database import Pool
from chassis.identity import Actor
from gateway.undoing import VALID, Step, Undoable, Undoing
from gateway.web.people import UNDO, undo_of

AMIR = Actor(uuid4(), "coach", uuid4())
BEA = Actor(uuid4(), "coach", AMIR.tenant)
STEPS = (Step("caseload", "/cases/1/unsnooze", version="7"), Step("caseload", "/cases/2/coach", {"coach_id": "3"}))


class Hands:
    """A clock that is set by hand."""

    now = datetime(2026, 4, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now


@pytest.fixture
def hands() -> Hands:
    """Nine in the morning."""
    return Hands()


@pytest.fixture
def undoing(pool: Pool, hands: Hands) -> Undoing:
    """Nothing was done yet."""
    return Undoing(pool, hands)


async def test_who_did_something_finds_how_it_is_undone_and_nobody_else_does(undoing: Undoing) -> None:
    done = await undoing.remember(AMIR, STEPS, "/today")
    assert await undoing.find(AMIR, done) == Undoable(STEPS, "/today")
    assert await undoing.find(BEA, done) is None
    assert await undoing.find(Actor(AMIR.id, "coach", uuid4()), done) is None


@pytest.mark.parametrize("code", UNDO)
def test_what_a_coach_does_is_undone_by_a_route_that_is_there(code: str) -> None:
    ids = dict.fromkeys(("contact", "message", "action", "job", "appointment", "concern"), "1")
    (step,) = undo_of(code, "2", {"ids": ids, "version": 7})
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    matches = [re.sub(r"{\w+}", "[12]", route.path) for route in routes]
    assert [path for path in matches if re.fullmatch(path, step.path)]
    assert undo_of("concern", "2", {"ids": ids, "version": 7}) == []


async def test_what_was_undone_is_not_found_again(undoing: Undoing) -> None:
    done = await undoing.remember(AMIR, STEPS, "/today")
    await undoing.undone(BEA, done)
    assert await undoing.find(AMIR, done) is not None
    await undoing.undone(AMIR, done)
    assert await undoing.find(AMIR, done) is None


async def test_after_an_hour_nothing_is_taken_back_and_nothing_is_kept(
    undoing: Undoing, hands: Hands, pool: Pool
) -> None:
    done = await undoing.remember(AMIR, STEPS, "/today")
    hands.now += VALID + timedelta(seconds=1)
    assert await undoing.find(AMIR, done) is None
    await undoing.remember(BEA, STEPS, "/today")
    async with pool.connection() as connection:
        assert await (await connection.execute("select 1 from undoable where id = %s", [done])).fetchone() is None
