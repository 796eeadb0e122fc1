"""Whom nobody disturbs: whatever the circumstances, a nudge is given only where nothing speaks against it."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from events.nudges import SuppressionReason
from nudges.decision import Circumstances, Decision, Give, HoldOut, Holdout, Rules, Suppress, decide, obstacle

LONDON = ZoneInfo("Europe/London")
RULES = Rules(LONDON)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)

MOMENTS = some.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001
AGO = some.timedeltas(timedelta(), timedelta(days=20))
PAUSES = some.sampled_from(
    [SuppressionReason.PAUSED_BY_COACH, SuppressionReason.PAUSED_BY_PERSON, SuppressionReason.CASE_PAUSED]
)


@some.composite
def situations(draw: some.DrawFn) -> tuple[Circumstances, datetime]:
    """Draw circumstances and a moment to decide at."""
    now = draw(MOMENTS)
    contact, soon = draw(some.none() | AGO), draw(some.none() | AGO)
    circumstances = Circumstances(
        settled=draw(some.booleans()),
        nobody_to_ask=draw(some.booleans()),
        expires_at=None if soon is None else now + soon - 5 * DAY,
        deceased=draw(some.booleans()),
        erased=draw(some.booleans()),
        opted_out=draw(some.booleans()),
        paused_by=draw(some.none() | PAUSES),
        paused_until=draw(some.none() | AGO.map(lambda ahead: now + ahead)),
        last_contact_at=None if contact is None else now - contact,
        earlier=tuple(now - ago for ago in draw(some.lists(AGO, max_size=6))),
        held_out=draw(some.booleans()),
    )
    return circumstances, now


def decided(circumstances: Circumstances, now: datetime = NOON) -> Decision:
    return decide(circumstances, RULES, now)


@given(situations())
def test_a_nudge_is_given_only_when_nothing_speaks_against_it(situation: tuple[Circumstances, datetime]) -> None:
    circumstances, now = situation
    if not isinstance(decided(circumstances, now), Give):
        return
    local = now.astimezone(LONDON).time()
    assert time(8) <= local < time(20)
    flags = ("settled", "nobody_to_ask", "deceased", "erased", "opted_out", "paused_by", "held_out")
    assert not any(getattr(circumstances, flag) for flag in flags)
    assert circumstances.last_contact_at is None or now - circumstances.last_contact_at >= 3 * DAY
    assert sum(now - moment < 7 * DAY for moment in circumstances.earlier) < 3
    assert circumstances.expires_at is None or now < circumstances.expires_at


@given(situations())
def test_who_is_held_out_would_have_got_the_nudge_in_the_same_circumstances(
    situation: tuple[Circumstances, datetime],
) -> None:
    circumstances, now = situation
    if isinstance(decided(circumstances, now), HoldOut):
        assert obstacle(circumstances, RULES, now) is None


@given(situations())
def test_what_is_put_off_is_looked_at_later_by_day_and_before_it_expires(
    situation: tuple[Circumstances, datetime],
) -> None:
    circumstances, now = situation
    found = obstacle(circumstances, RULES, now)
    if found is None or found.again_at is None:
        return
    assert found.again_at >= now
    assert not RULES.quiet(found.again_at)
    assert circumstances.expires_at is None or found.again_at < circumstances.expires_at


@given(situations())
def test_contact_in_the_last_three_days_always_suppresses(situation: tuple[Circumstances, datetime]) -> None:
    circumstances, now = situation
    if circumstances.last_contact_at and now - circumstances.last_contact_at < 3 * DAY:
        assert isinstance(decided(circumstances, now), Suppress)


@given(some.lists(some.timedeltas(timedelta(), timedelta(days=30)), max_size=40), some.booleans())
def test_nobody_gets_more_than_three_in_any_seven_days(asked: list[timedelta], held_out: bool) -> None:
    got: list[datetime] = []
    for moment in sorted(NOON + ahead for ahead in asked):
        if not isinstance(decided(Circumstances(earlier=tuple(got), held_out=held_out), moment), Suppress):
            got.append(moment)
    assert all(sum(first <= other < first + 7 * DAY for other in got) <= 3 for first in got)


@pytest.mark.parametrize(
    ("circumstances", "reason", "again_at"),
    [
        (Circumstances(deceased=True, settled=True), SuppressionReason.DECEASED, None),
        (Circumstances(erased=True), SuppressionReason.ERASED, None),
        (Circumstances(settled=True, opted_out=True), SuppressionReason.SETTLED, None),
        (Circumstances(nobody_to_ask=True, opted_out=True), SuppressionReason.NOBODY_TO_ASK, None),
        (Circumstances(expires_at=NOON), SuppressionReason.SETTLED, None),
        (Circumstances(opted_out=True), SuppressionReason.OPTED_OUT, None),
        (Circumstances(paused_by=SuppressionReason.CASE_PAUSED), SuppressionReason.CASE_PAUSED, None),
        (
            Circumstances(paused_by=SuppressionReason.PAUSED_BY_COACH, paused_until=NOON + DAY),
            SuppressionReason.PAUSED_BY_COACH,
            NOON + DAY,
        ),
        (Circumstances(last_contact_at=NOON - 2 * DAY), SuppressionReason.HUMAN_CONTACT, NOON + DAY),
        (
            Circumstances(last_contact_at=NOON - 2 * DAY, expires_at=NOON + timedelta(hours=9)),
            SuppressionReason.HUMAN_CONTACT,
            None,
        ),
        (
            Circumstances(earlier=(NOON - 6 * DAY, NOON - 5 * DAY, NOON - 8 * DAY, NOON - DAY)),
            SuppressionReason.WEEKLY_CAP,
            NOON + DAY,
        ),
    ],
)
def test_each_reason_says_whether_and_when_it_is_looked_at_again(
    circumstances: Circumstances, reason: SuppressionReason, again_at: datetime | None
) -> None:
    assert decided(circumstances) == Suppress(reason, again_at)


@pytest.mark.parametrize(
    ("now", "again_at"),
    [
        (datetime(2026, 3, 3, 20, 0, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC)),
        (datetime(2026, 3, 4, 7, 59, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
    ],
    ids=["in the evening", "before eight", "over the night in which summer time begins", "in summer"],
)
def test_a_night_ends_at_eight_where_the_person_lives(now: datetime, again_at: datetime) -> None:
    assert decided(Circumstances(), now) == Suppress(SuppressionReason.QUIET_HOURS, again_at)


def test_who_is_held_out_gets_nothing_and_others_get_it() -> None:
    assert (decided(Circumstances(held_out=True)), decided(Circumstances())) == (HoldOut(), Give())


@given(some.uuids())
def test_the_holdout_is_permanent_and_grows_with_its_share(person: UUID) -> None:
    shares = [Holdout(b"key" * 11, share).has(person) for share in (0.0, 0.1, 0.5, 1.0)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (False, True)
    assert Holdout(b"key" * 11, 0.1).has(person) == shares[1]


def test_the_holdout_is_about_as_large_as_its_share_and_another_key_chooses_others() -> None:
    people = [uuid4() for _ in range(4_000)]
    first, second = ({person for person in people if Holdout(key, 0.1).has(person)} for key in (b"a" * 32, b"b" * 32))
    assert 280 <= len(first) <= 520
    assert len(first & second) < len(first) / 2
    assert Holdout(b"a" * 32, 0.1).propensity == pytest.approx(0.9)


def test_the_key_of_the_holdout_is_never_shown() -> None:
    assert "secret" not in repr(Holdout(b"secret" * 6, 0.1))
