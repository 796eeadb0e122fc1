"""Today as a whole, whatever happened to whom."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as some

from caseload.moment import Now
from caseload.next_step.choice import next_step
from caseload.next_step.step import StepRules
from caseload.standing import Standing
from caseload.today.queue import Line, Places, Today, line_of, today_of, without_contact_since
from caseload.today.reason import TodayRules
from caseload.views.today import TODAY
from events.caseload import ActionOwner, CaseSnoozed, CaseUnsnoozed, Channel, ContactRecorded, MessageSent
from tests.caseload.histories import NOON, PEOPLE, interleaved, journeys, moments
from tests.caseload.telling import ADA, COACH, PROVIDER, Journey, folded, opened, sealed, stands, started

LONDON = ZoneInfo("Europe/London")
PATIENTLY = settings(deadline=None, max_examples=50)
RULES = TodayRules()
TWELVE, FEW = Places(), Places(shown=2, for_longest=1)


def nows() -> some.SearchStrategy[Now]:
    return moments().map(lambda moment: Now(moment, LONDON))


@some.composite
def caseloads(draw: some.DrawFn) -> list[Journey]:
    people = PEOPLE[: draw(some.integers(1, len(PEOPLE)))]
    return [draw(journeys(person, 6)) for person in people]


def day_of(caseload: list[Journey], now: Now, places: Places = TWELVE) -> Today:
    return today_of([journey.stands() for journey in caseload], now, lambda _programme: RULES, places)


def rank(journey: Journey, now: Now) -> tuple[object, ...]:
    """Return where a person comes: the queue first, then who is on course."""
    line = line_of(journey.stands(), now, RULES)
    return (0, *line.order) if line else (1,)


@PATIENTLY
@given(journey=journeys(), now=nows())
def test_every_reason_names_a_fact_that_exists_and_is_one_sentence(journey: Journey, now: Now) -> None:
    line = line_of(journey.stands(), now, RULES)
    for reason in (line.reason, *line.more) if line else ():
        assert reason.fact in journey.ids
        assert 1 <= reason.rule <= 9
        assert reason.sentence.endswith((".", "?"))
        assert reason.sentence[0].isupper() or reason.sentence[0].isdigit()
        assert "_" not in reason.sentence


@PATIENTLY
@given(journey=journeys(), hours=some.integers(0, 24 * 40))
def test_contact_never_moves_a_person_up(journey: Journey, hours: int) -> None:
    latest = max(told.fact.occurred_at for told in journey.told)
    now = Now(latest + timedelta(hours=hours), LONDON)
    before = rank(journey, now)
    journey.tell(ContactRecorded(occurred_at=now.moment, channel=Channel.PHONE, coach_id=COACH))
    assert rank(journey, now) >= before
    line = line_of(journey.stands(), now, RULES)
    assert not line or not {reason.rule for reason in (line.reason, *line.more)} & {5, 8, 9}


@PATIENTLY
@given(caseload=caseloads(), now=nows(), places=some.sampled_from([TWELVE, FEW]))
def test_everybody_is_queued_or_on_course_with_the_day_of_the_next_look(
    caseload: list[Journey], now: Now, places: Places
) -> None:
    today = day_of(caseload, now, places)
    queued = [line.id for line in (*today.shown, *today.can_wait)]
    on_course = [one.standing.case.participant_id for one in today.on_course]
    expected = [one.person for one in caseload if one.stands().case.is_open]
    assert sorted([*queued, *on_course]) == sorted(expected)
    assert all(one.look.on > now.today and one.look.why for one in today.on_course)
    assert len(today.shown) <= places.shown
    assert not today.can_wait or len(today.shown) == places.shown


@PATIENTLY
@given(caseload=caseloads(), now=nows())
def test_the_queue_is_in_order_and_a_place_is_kept_for_who_is_longest_without_contact(
    caseload: list[Journey], now: Now
) -> None:
    today = day_of(caseload, now, FEW)
    queue = sorted((*today.shown, *today.can_wait), key=lambda line: line.order)
    assert sorted(today.shown, key=lambda line: line.order) == list(today.shown)
    assert not queue or queue[0] in today.shown
    if today.can_wait:
        (kept,) = [line for line in today.shown if line is not queue[0]]
        assert all(without_contact_since(kept) <= without_contact_since(line) for line in today.can_wait)


@PATIENTLY
@given(journey=journeys(), now=nows(), data=some.data())
def test_any_order_of_arrival_gives_the_same_today_and_the_same_next_step(
    journey: Journey, now: Now, data: some.DataObject
) -> None:
    arrived = data.draw(interleaved(journey.told))
    assert folded(TODAY, arrived) == folded(TODAY, journey.told)
    other, one = stands(arrived, journey.person), journey.stands()
    assert line_of(other, now, RULES) == line_of(one, now, RULES)
    assert next_step(other, now, StepRules(), RULES) == next_step(one, now, StepRules(), RULES)


@PATIENTLY
@given(journey=journeys(), now=nows())
def test_what_is_kept_in_rows_comes_back_the_same_from_the_database(journey: Journey, now: Now) -> None:
    standing = journey.stands()
    again = Standing.model_validate_json(standing.model_dump_json())
    assert again == standing
    assert line_of(again, now, RULES) == line_of(standing, now, RULES)


def snoozed(journey: Journey, rule: int, until: date) -> Journey:
    return journey.tell(CaseSnoozed(occurred_at=NOON, rule=rule, until=until, reason=sealed(CaseSnoozed, "reason")))


def at(days: int) -> Now:
    return Now(NOON + timedelta(days=days), LONDON)


def line(journey: Journey, now: Now) -> Line | None:
    return line_of(journey.stands(), now, RULES)


def test_a_snooze_puts_a_line_off_until_its_day() -> None:
    journey = snoozed(started(NOON), 8, date(2026, 3, 20))
    assert line(journey, at(17)) is None
    assert line(journey, at(18)) is not None
    (on_course,) = day_of([journey], at(17)).on_course
    assert (on_course.look.on, on_course.look.why) == (date(2026, 3, 20), "It was put off until then.")


def test_a_snooze_is_taken_back() -> None:
    journey = snoozed(started(NOON), 8, date(2026, 3, 20))
    assert line(journey.tell(CaseUnsnoozed(occurred_at=NOON)), at(17)) is not None


def test_a_higher_rule_wakes_a_snoozed_line() -> None:
    journey = snoozed(started(NOON), 8, date(2026, 3, 20))
    message = MessageSent(
        occurred_at=NOON,
        message_id=UUID(int=71),
        case_id=UUID(int=72),
        by=ActionOwner.PARTICIPANT,
        author_id=ADA,
        text=sealed(MessageSent, "text"),
        participant_id=ADA,
        provider_id=PROVIDER,
    )
    journey.tell(message, of=UUID(int=71))
    woken = line(journey, at(17))
    assert woken
    assert woken.reason.rule == 4
    assert [reason.rule for reason in woken.more] == [8, 9] or [reason.rule for reason in woken.more] == [8, 8, 9]


def test_inside_a_rule_the_earliest_deadline_comes_first_then_who_is_longest_without_contact() -> None:
    early, late = opened(NOON - timedelta(days=3), UUID(int=9)), opened(NOON, UUID(int=8))
    never, spoken = opened(NOON, UUID(int=7)), opened(NOON - timedelta(days=1), UUID(int=6))
    spoken.tell(ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=COACH))
    today = day_of([late, spoken, never, early], at(20))
    assert [one.id.int for one in today.shown] == [9, 7, 8, 6]


def test_twelve_lines_are_shown_and_two_of_them_go_to_those_longest_without_contact() -> None:
    people = [opened(NOON + timedelta(hours=number), UUID(int=100 + number)) for number in range(20)]
    for number, journey in enumerate(people[:18]):
        moment = NOON + timedelta(hours=20 + number)
        journey.tell(ContactRecorded(occurred_at=moment, channel=Channel.PHONE, coach_id=COACH))
    today = day_of(people, at(40))
    assert (len(today.shown), len(today.can_wait)) == (12, 8)
    assert {118, 119} <= {one.id.int for one in today.shown}
