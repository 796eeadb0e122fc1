"""A promise is warned of and breached once by the calendar, met by the day on which it was done, or excused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from caseload.commands.standard import promises
from caseload.programme_rules import PlanAnchor, ProgrammeRules, Terms
from caseload.service_standards import (
    NoSuchStandard,
    ServiceStandards,
    StandardIsMet,
    StandardNotExcused,
    warning_day,
)
from chassis.working_days import WorkingDays
from events.caseload import (
    CaseCompleted,
    Standard,
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
    standards_of,
)
from events.fact import Fact
from events.referrals import ReferralSubmitted
from tests.caseload.cases import (
    AMIR,
    FRIDAY,
    NOW,
    PARTICIPANT,
    PROGRAMME,
    PROVIDER,
    REFERRAL,
    SATURDAY,
    TODAY,
    decided,
    happened,
    sealed,
)

START, PLAN = Standard.START, Standard.PLAN
THURSDAY = FRIDAY - timedelta(days=1)
PROMISED = StandardPromised(
    occurred_at=NOW,
    standard=START,
    participant_id=PARTICIPANT,
    provider_id=PROVIDER,
    programme_id=PROGRAMME,
    referral_id=REFERRAL,
    warn_on=THURSDAY,
    due=FRIDAY,
)
PLAN_PROMISED = PROMISED.model_copy(update={"standard": PLAN})
WARNED = StandardWarned(occurred_at=NOW, standard=START, due=FRIDAY)
BREACHED = StandardBreached(occurred_at=NOW, standard=START, due=FRIDAY)
EXCUSED = StandardExcused(occurred_at=NOW, standard=START)
WHY = sealed(StandardExcused, "explanation")


def met(on: date) -> StandardMet:
    return StandardMet(occurred_at=NOW, standard=START, on=on, in_time=on <= FRIDAY)


def given(*facts: Fact) -> ServiceStandards:
    return happened(ServiceStandards.promise(standards_of(REFERRAL), [PROMISED]), facts)


def test_promises_are_about_the_participant_and_belong_to_the_provider() -> None:
    standards = ServiceStandards.promise(standards_of(REFERRAL), [PROMISED, PLAN_PROMISED])
    assert (standards.subject, standards.tenant) == (PARTICIPANT, PROVIDER)
    assert decided(standards) == [PROMISED, PLAN_PROMISED]


def test_another_promise_is_added_once() -> None:
    standards = given()
    standards.add(PLAN_PROMISED)
    standards.add(PLAN_PROMISED)
    assert decided(standards) == [PLAN_PROMISED]


@pytest.mark.parametrize(("day", "facts"), [(THURSDAY - timedelta(1), []), (THURSDAY, [WARNED]), (FRIDAY, [WARNED])])
def test_a_warning_comes_when_little_time_is_left(day: date, facts: list[Fact]) -> None:
    standards = given()
    standards.warn(START, day, NOW)
    standards.warn(START, day, NOW)
    assert decided(standards) == facts


@pytest.mark.parametrize(("day", "facts"), [(FRIDAY, []), (SATURDAY, [BREACHED])])
def test_a_promise_is_broken_the_day_after_it_was_due_once(day: date, facts: list[Fact]) -> None:
    standards = given()
    standards.breach(START, day, NOW)
    standards.breach(START, day, NOW)
    assert decided(standards) == facts


@pytest.mark.parametrize("before", [[met(FRIDAY)], [EXCUSED], [BREACHED]])
def test_nobody_is_warned_of_what_is_settled(before: list[Fact]) -> None:
    standards = given(*before)
    standards.warn(START, SATURDAY, NOW)
    standards.breach(START, SATURDAY, NOW)
    assert decided(standards) == []


@pytest.mark.parametrize(("on", "in_time"), [(FRIDAY, True), (SATURDAY, False)])
def test_a_promise_is_kept_in_time_up_to_its_last_day(on: date, *, in_time: bool) -> None:
    standards = given(WARNED)
    standards.meet(START, on, NOW)
    assert decided(standards) == [StandardMet(occurred_at=NOW, standard=START, on=on, in_time=in_time)]


def test_an_entry_of_today_about_last_week_keeps_a_promise_that_was_taken_for_broken() -> None:
    standards = given(WARNED, BREACHED)
    standards.meet(START, THURSDAY, NOW)
    assert decided(standards) == [met(THURSDAY)]


@pytest.mark.parametrize(("on", "facts"), [(SATURDAY, []), (FRIDAY, []), (THURSDAY, [met(THURSDAY)])])
def test_only_an_earlier_day_is_news_of_a_kept_promise(on: date, facts: list[Fact]) -> None:
    standards = given(met(FRIDAY))
    standards.meet(START, on, NOW)
    assert decided(standards) == facts


def test_what_is_excused_may_be_done_all_the_same_which_counts_when_the_excuse_is_taken_back() -> None:
    standards = given(EXCUSED)
    standards.meet(START, FRIDAY, NOW)
    standards.take_excuse_back(START, 2, NOW)
    standards.breach(START, SATURDAY, NOW)
    assert decided(standards) == [met(FRIDAY), again(2)]


def again(version: int) -> StandardExcuseTakenBack:
    return StandardExcuseTakenBack(occurred_at=NOW, standard=START, taken_back=version)


def test_what_the_end_of_a_case_excused_applies_again_when_it_goes_on_and_what_somebody_excused_does_not() -> None:
    by_the_end, with_a_reason = given(EXCUSED), given()
    with_a_reason.excuse(START, WHY, NOW)
    for standards in (by_the_end, with_a_reason):
        standards.apply_again(NOW)
        standards.apply_again(NOW)
    assert decided(by_the_end) == [again(2)]
    assert len(decided(with_a_reason)) == 1


def test_a_broken_promise_can_be_excused_once_with_a_reason() -> None:
    reason = sealed(StandardExcused, "explanation")
    standards = given(BREACHED)
    standards.excuse(START, reason, NOW)
    standards.excuse(START, reason, NOW)
    assert decided(standards) == [StandardExcused(occurred_at=NOW, standard=START, explanation=reason)]


def test_what_was_excused_by_mistake_applies_as_before() -> None:
    standards = given(WARNED, EXCUSED)
    with pytest.raises(StandardNotExcused):
        standards.take_excuse_back(START, 2, NOW)
    standards.take_excuse_back(START, 3, NOW)
    standards.breach(START, SATURDAY, NOW)
    assert decided(standards) == [again(3), BREACHED]
    with pytest.raises(StandardNotExcused):
        standards.take_excuse_back(START, 3, NOW)


def test_a_kept_promise_needs_no_excuse() -> None:
    with pytest.raises(StandardIsMet):
        given(met(SATURDAY)).excuse(START, None, NOW)


def test_the_end_of_a_referral_excuses_what_was_not_kept() -> None:
    standards = given(PLAN_PROMISED, met(FRIDAY))
    standards.excuse_all(NOW)
    standards.excuse_all(NOW)
    assert decided(standards) == [StandardExcused(occurred_at=NOW, standard=PLAN)]


def test_what_was_never_promised_is_refused_with_what_was() -> None:
    with pytest.raises(NoSuchStandard) as refused:
        given().meet(PLAN, FRIDAY, NOW)
    assert refused.value.allowed == (START,)


def test_a_fact_of_a_case_is_no_part_of_the_standards() -> None:
    with pytest.raises(TypeError, match="ServiceStandards does not fold CaseCompleted"):
        given(CaseCompleted(occurred_at=NOW))


@pytest.mark.parametrize(("days", "warned_on"), [(1, 1), (2, 2), (10, 8), (15, 12), (20, 15)])
def test_a_warning_leaves_at_most_30_percent_of_the_time_that_day_among_it(days: int, warned_on: int) -> None:
    assert warning_day(days) == warned_on
    assert warned_on == days or (days - warned_on + 1) / days <= 0.3
    assert warned_on == days or (days - warned_on + 2) / days > 0.3


def submitted(at: datetime) -> ReferralSubmitted:
    return ReferralSubmitted(
        occurred_at=at,
        participant_id=PARTICIPANT,
        programme_id=PROGRAMME,
        provider_id=PROVIDER,
        referrer_id=AMIR,
        acknowledge_by=date(2026, 3, 4),
        name=sealed(ReferralSubmitted, "name"),
    )


def promised(terms: Terms, at: datetime) -> dict[str, tuple[date, date]]:
    return {fact.standard: (fact.warn_on, fact.due) for fact in promises(terms, REFERRAL, submitted(at))}


def test_a_referral_is_promised_2_15_and_20_working_days() -> None:
    assert promised(Terms(), NOW) == {
        Standard.ACKNOWLEDGE: (date(2026, 3, 4), date(2026, 3, 4)),
        Standard.START: (date(2026, 3, 18), date(2026, 3, 23)),
        Standard.PLAN: (date(2026, 3, 23), date(2026, 3, 30)),
    }


def test_bank_holidays_do_not_count() -> None:
    good_friday_and_easter_monday = {date(2026, 4, 3), date(2026, 4, 6)}
    calendar = WorkingDays(ZoneInfo("Europe/London"), good_friday_and_easter_monday)
    _, due = promised(Terms(calendar=calendar), datetime(2026, 4, 2, 12, tzinfo=UTC))[Standard.START]
    assert due == date(2026, 4, 27)


def test_days_run_from_the_day_that_it_is_where_the_programme_is() -> None:
    late = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)
    early = datetime(2026, 7, 6, 22, 30, tzinfo=UTC)
    (_, due), (_, earlier) = (promised(Terms(), at)[Standard.START] for at in (late, early))
    assert due == earlier + timedelta(days=1)


def test_a_programme_that_counts_the_plan_from_the_start_promises_it_then() -> None:
    rules = ProgrammeRules(plan_anchor=PlanAnchor.START, start_within=5)
    terms = Terms({PROGRAMME: [rules]})
    assert promised(terms, NOW).keys() == {Standard.ACKNOWLEDGE, Standard.START}
    assert promised(terms, NOW)[Standard.START][1] == TODAY + timedelta(days=7)
