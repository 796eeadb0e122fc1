"""A job is expected, begins or never does, changes its terms and ends; meanwhile it is asked how it goes."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from caseload.job import (
    CheckInAlreadyRecorded,
    CheckInNotDue,
    CheckInNotRecorded,
    EndsBeforeItStarts,
    Job,
    JobHasBegun,
    JobHasEnded,
    JobIsOpen,
    JobNeverStarted,
    JobStartUnknown,
    JobStillRuns,
    NoSuchCheckIn,
    TermsBeforeItStarts,
)
from caseload.programme_rules import ProgrammeRules
from chassis.aggregate import Refusal
from events.caseload import (
    CaseCompleted,
    CheckInFellDue,
    CheckInMissed,
    CheckInMood,
    CheckInRecorded,
    CheckInTakenBack,
    JobEnded,
    JobEndReason,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
)
from events.fact import Fact
from tests.caseload.cases import CASE, FRIDAY, NOW, PARTICIPANT, PROVIDER, TODAY, decided, happened

ID = UUID(int=78)
RULES = ProgrammeRules()
WEEK_1, WEEK_4, WEEK_13 = RULES.check_ins(TODAY)
RECORDED = JobRecorded(
    occurred_at=NOW,
    case_id=CASE,
    participant_id=PARTICIPANT,
    provider_id=PROVIDER,
    starts_on=TODAY,
    hours_a_week=30,
    check_ins=RULES.check_ins(TODAY),
    check_in_weeks=RULES.check_in_weeks,
)
UNDATED = RECORDED.model_copy(update={"starts_on": None, "check_ins": (), "check_in_weeks": ()})
STARTS_FRIDAY = JobStartDateSet(
    occurred_at=NOW, starts_on=FRIDAY, check_ins=RULES.check_ins(FRIDAY), check_in_weeks=RULES.check_in_weeks
)
REVISED = JobTermsRevised(occurred_at=NOW, from_day=FRIDAY, hours_a_week=37.5, pay_a_year=28_000)
REVISED_AGAIN = REVISED.model_copy(update={"hours_a_week": 16})
OWN_BUSINESS = REVISED.model_copy(update={"self_employed": True})
OWN_AFTER_ALL = JobTermsRevised(occurred_at=NOW, from_day=FRIDAY, self_employed=True)
HOURS_ALONE = JobTermsRevised(occurred_at=NOW, from_day=FRIDAY, hours_a_week=37.5)
ENDED = JobEnded(occurred_at=NOW, last_day=FRIDAY, reason=JobEndReason.CONTRACT_ENDED)
NEVER = JobNotStarted(occurred_at=NOW)
CORRECTED = JobOutcomeCorrected(occurred_at=NOW)
ASKED = CheckInFellDue(occurred_at=NOW, week=1, due=WEEK_1)
MISSED = CheckInMissed(occurred_at=NOW, week=1, due=WEEK_1)
TAKEN_BACK = CheckInTakenBack(occurred_at=NOW, week=1, taken_back=3)


def said(week: int) -> CheckInRecorded:
    return CheckInRecorded(occurred_at=NOW, week=week, mood=CheckInMood.DIFFICULT)


def given(*facts: Fact, recorded: JobRecorded = RECORDED) -> Job:
    return happened(Job.note(ID, recorded), facts)


def test_a_job_is_about_the_participant_and_belongs_to_the_provider() -> None:
    job = Job.note(ID, RECORDED)
    assert (job.id, job.subject, job.tenant, job.case_id) == (ID, PARTICIPANT, PROVIDER, CASE)
    assert decided(job) == [RECORDED]


def test_weeks_1_4_and_13_are_complete_whole_weeks_after_the_first_day() -> None:
    assert [(day - TODAY).days for day in RULES.check_ins(TODAY)] == [7, 28, 91]


@pytest.mark.parametrize(
    ("before", "ask", "after"),
    [
        ([], lambda job: job.set_start(STARTS_FRIDAY), [STARTS_FRIDAY]),
        ([STARTS_FRIDAY], lambda job: job.set_start(STARTS_FRIDAY), []),
        ([], lambda job: job.revise(REVISED), [REVISED]),
        ([REVISED], lambda job: job.revise(REVISED), []),
        ([REVISED], lambda job: job.revise(OWN_BUSINESS), [OWN_BUSINESS]),
        ([OWN_BUSINESS], lambda job: job.revise(REVISED), []),
        ([OWN_BUSINESS, REVISED_AGAIN], lambda job: job.revise(OWN_BUSINESS), [OWN_BUSINESS]),
        ([OWN_BUSINESS, REVISED_AGAIN, OWN_BUSINESS], lambda job: job.revise(REVISED), []),
        ([REVISED], lambda job: job.revise(HOURS_ALONE), []),
        ([REVISED, OWN_AFTER_ALL], lambda job: job.revise(REVISED), []),
        ([REVISED], lambda job: job.revise(OWN_AFTER_ALL), [OWN_AFTER_ALL]),
        ([REVISED, OWN_AFTER_ALL], lambda job: job.revise(OWN_AFTER_ALL), []),
        ([], lambda job: job.end(ENDED, FRIDAY), [ENDED]),
        ([ENDED], lambda job: job.end(ENDED, FRIDAY), []),
        ([], lambda job: job.did_not_start(NEVER), [NEVER]),
        ([NEVER], lambda job: job.did_not_start(NEVER), []),
        ([], lambda job: job.check_in(said(1), WEEK_1), [said(1)]),
        ([ASKED, MISSED], lambda job: job.check_in(said(1), WEEK_4), [said(1)]),
        ([ENDED], lambda job: job.correct(NOW), [CORRECTED]),
        ([NEVER], lambda job: job.correct(NOW), [CORRECTED]),
        ([ENDED, CORRECTED], lambda job: job.end(ENDED, FRIDAY), [ENDED]),
        ([NEVER, CORRECTED], lambda job: job.check_in(said(1), WEEK_1), [said(1)]),
        ([ENDED, CORRECTED], lambda job: job.let_check_in_fall_due(1, WEEK_1, NOW), [ASKED]),
        ([ASKED, said(1)], lambda job: job.take_check_in_back(1, 3, NOW), [TAKEN_BACK]),
        ([ASKED, said(1), ENDED], lambda job: job.take_check_in_back(1, 3, NOW), [TAKEN_BACK]),
        ([said(4), said(1)], lambda job: job.take_check_in_back(1, 3, NOW), [TAKEN_BACK]),
        ([ASKED, said(1), TAKEN_BACK], lambda job: job.check_in(said(1), WEEK_1), [said(1)]),
        ([ASKED, said(1), TAKEN_BACK], lambda job: job.let_check_in_pass(1, NOW), [MISSED]),
        ([ASKED, said(1), TAKEN_BACK], lambda job: job.did_not_start(NEVER), [NEVER]),
    ],
)
def test_what_happens_to_a_job_is_told_once(before: list[Fact], ask: Callable[[Job], None], after: list[Fact]) -> None:
    job = given(*before)
    ask(job)
    assert decided(job) == after


@pytest.mark.parametrize(
    ("before", "ask", "refusal"),
    [
        ([ENDED], lambda job: job.set_start(STARTS_FRIDAY), JobHasEnded),
        ([NEVER], lambda job: job.set_start(STARTS_FRIDAY), JobNeverStarted),
        ([said(1)], lambda job: job.set_start(STARTS_FRIDAY), JobHasBegun),
        ([ENDED], lambda job: job.revise(REVISED), JobHasEnded),
        ([NEVER], lambda job: job.revise(REVISED), JobNeverStarted),
        (
            [],
            lambda job: job.revise(REVISED.model_copy(update={"from_day": TODAY - timedelta(1)})),
            TermsBeforeItStarts,
        ),
        ([NEVER], lambda job: job.end(ENDED, FRIDAY), JobNeverStarted),
        ([ENDED], lambda job: job.end(ENDED.model_copy(update={"last_day": TODAY}), FRIDAY), JobHasEnded),
        ([], lambda job: job.end(ENDED, TODAY), JobStillRuns),
        (
            [],
            lambda job: job.end(ENDED.model_copy(update={"last_day": TODAY - timedelta(1)}), FRIDAY),
            EndsBeforeItStarts,
        ),
        ([ENDED], lambda job: job.did_not_start(NEVER), JobHasEnded),
        ([said(1)], lambda job: job.did_not_start(NEVER), JobHasBegun),
        ([], lambda job: job.check_in(said(2), WEEK_4), NoSuchCheckIn),
        ([], lambda job: job.check_in(said(4), WEEK_1), CheckInNotDue),
        ([said(1)], lambda job: job.check_in(said(1), WEEK_4), CheckInAlreadyRecorded),
        ([ENDED], lambda job: job.check_in(said(1), WEEK_1), JobHasEnded),
        ([NEVER], lambda job: job.check_in(said(1), WEEK_1), JobNeverStarted),
        ([], lambda job: job.take_check_in_back(1, 1, NOW), CheckInNotRecorded),
        ([said(1)], lambda job: job.take_check_in_back(4, 2, NOW), CheckInNotRecorded),
        ([said(1)], lambda job: job.take_check_in_back(1, 3, NOW), CheckInNotRecorded),
        ([said(1), said(4)], lambda job: job.take_check_in_back(1, 2, NOW), CheckInNotRecorded),
        ([said(4), said(1)], lambda job: job.take_check_in_back(4, 2, NOW), CheckInNotRecorded),
        ([said(1), TAKEN_BACK], lambda job: job.take_check_in_back(1, 2, NOW), CheckInNotRecorded),
        ([], lambda job: job.correct(NOW), JobIsOpen),
        ([ENDED, CORRECTED], lambda job: job.correct(NOW), JobIsOpen),
    ],
)
def test_what_makes_no_sense_of_a_job_is_refused(
    before: list[Fact], ask: Callable[[Job], None], refusal: type[Refusal]
) -> None:
    job = given(*before)
    with pytest.raises(refusal):
        ask(job)
    assert decided(job) == []


@pytest.mark.parametrize("ask", [lambda job: job.revise(REVISED), lambda job: job.end(ENDED, FRIDAY)])
def test_nothing_follows_from_a_job_whose_first_day_is_not_known(ask: Callable[[Job], None]) -> None:
    job = given(recorded=UNDATED)
    with pytest.raises(JobStartUnknown) as refused:
        ask(job)
    assert refused.value.allowed[0] == "start"


def test_the_first_day_of_a_job_may_be_told_later_or_it_never_comes() -> None:
    job = given(recorded=UNDATED)
    job.set_start(STARTS_FRIDAY)
    never = given(recorded=UNDATED)
    never.did_not_start(NEVER)
    assert (decided(job), decided(never)) == ([STARTS_FRIDAY], [NEVER])


def test_a_check_in_too_early_names_those_that_are_due() -> None:
    with pytest.raises(CheckInNotDue) as refused:
        given().check_in(said(13), WEEK_4)
    assert refused.value.allowed == ("check-ins/1", "check-ins/4")


@pytest.mark.parametrize(("day", "facts"), [(WEEK_1 - timedelta(1), []), (WEEK_1, [ASKED]), (WEEK_4, [ASKED])])
def test_it_is_asked_how_work_goes_when_the_week_is_complete(day: date, facts: list[Fact]) -> None:
    job = given()
    job.let_check_in_fall_due(1, day, NOW)
    assert decided(job) == facts


def test_nobody_who_answers_is_missed_and_silence_is_told_once() -> None:
    silent, answered = given(ASKED), given(ASKED, said(1))
    for job in (silent, answered):
        job.let_check_in_pass(1, NOW)
        job.let_check_in_pass(1, NOW)
    assert (decided(silent), decided(answered)) == ([MISSED], [])


@pytest.mark.parametrize("before", [[ASKED], [said(1)], [ENDED], [NEVER]])
def test_it_is_asked_once_and_only_while_the_job_lasts(before: list[Fact]) -> None:
    job = given(*before)
    job.let_check_in_fall_due(1, WEEK_4, NOW)
    assert decided(job) == []


@pytest.mark.parametrize("before", [[], [ASKED, ENDED], [ASKED, NEVER], [ASKED, MISSED]])
def test_silence_counts_only_where_it_was_asked_and_the_job_lasts(before: list[Fact]) -> None:
    job = given(*before)
    job.let_check_in_pass(1, NOW)
    assert decided(job) == []


def test_a_moved_start_moves_what_is_asked() -> None:
    job = given(STARTS_FRIDAY)
    job.let_check_in_fall_due(1, WEEK_1, NOW)
    assert decided(job) == []


def test_a_fact_of_a_case_is_no_part_of_a_job() -> None:
    with pytest.raises(TypeError, match="Job does not fold CaseCompleted"):
        given(CaseCompleted(occurred_at=NOW))
