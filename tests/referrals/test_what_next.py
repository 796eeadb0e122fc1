"""Whoever sent a person reads at each stage what happens next."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from referrals.stage import CLOSED, Stage
from referrals.what_next import what_next

LONDON = ZoneInfo("Europe/London")


@dataclass
class Standing:
    stage: str
    acknowledge_by: date = date(2026, 6, 9)
    handover_at: datetime | None = None
    first_meeting_at: datetime | None = None
    start_date: date | None = None


FULL = Standing(
    "submitted",
    handover_at=datetime(2026, 6, 10, 9, 30, tzinfo=UTC),
    first_meeting_at=datetime(2026, 6, 11, 9, 30, tzinfo=UTC),
    start_date=date(2026, 6, 22),
)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_sentence(stage: Stage) -> None:
    for standing in (Standing(stage.value), replace(FULL, stage=stage.value)):
        sentence = what_next(standing, LONDON, held=False)
        assert sentence.endswith(".")
        assert "{" not in sentence


@pytest.mark.parametrize("stage", sorted(CLOSED - {Stage.STARTED}))
def test_a_closed_referral_says_that_nothing_follows(stage: Stage) -> None:
    assert what_next(replace(FULL, stage=stage.value), LONDON, held=False).startswith("Nothing more")


def test_who_started_is_heard_of_again_at_the_end() -> None:
    assert what_next(replace(FULL, stage="started"), LONDON, held=False).endswith("You read here how it ends.")


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("submitted", "by 9 June 2026"),
        ("handover_arranged", "10 June 2026 at 10:30 am"),
        ("initial_meeting_booked", "11 June 2026 at 10:30 am"),
        ("started", "from 22 June 2026"),
    ],
)
def test_dates_are_told_where_the_programme_is(stage: str, words: str) -> None:
    assert words in what_next(replace(FULL, stage=stage), LONDON, held=False)


def test_who_is_held_waits_for_somebody_to_look() -> None:
    assert "known already" in what_next(FULL, LONDON, held=True)
