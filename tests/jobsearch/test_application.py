"""Given what happened to an application, when something is asked of it, then these facts follow, or it is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from chassis.aggregate import Recorded, Refusal, replay
from events.fact import Fact
from events.jobsearch import (
    ApplicationAcknowledged,
    ApplicationBegun,
    ApplicationChased,
    ApplicationDropped,
    ApplicationEnd,
    ApplicationFellThrough,
    ApplicationInterestExpressed,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationSaved,
    ApplicationSent,
    ApplicationSuperseded,
    ApplicationUnanswered,
    ApplicationVacancyClosed,
    ApplicationWithdrawn,
    EmployerDropped,
    InterviewCancelled,
    InterviewHeld,
    InterviewInvited,
    InterviewPrepared,
    InterviewRescheduled,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
)
from jobsearch.application import Application
from jobsearch.application_refusals import SentInTheFuture
from jobsearch.interview import InterviewIsCancelled, InterviewIsOver, InterviewLiesAhead, NoSuchInterview
from jobsearch.stages import OPEN, UNSENT, Stage

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)
TODAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)
APPLICATION, PARTICIPANT, PROVIDER, VACANCY, FIRST, SECOND, OTHER = map(UUID, map("{:032x}".format, range(1, 8)))

SAVED = ApplicationSaved(occurred_at=EARLIER, participant_id=PARTICIPANT, provider_id=PROVIDER, vacancy_id=VACANCY)
INTERESTED = ApplicationInterestExpressed(occurred_at=EARLIER)
BEGUN = ApplicationBegun(occurred_at=EARLIER)
SENT = ApplicationSent(occurred_at=EARLIER, cv_version=1)
ACKNOWLEDGED = ApplicationAcknowledged(occurred_at=EARLIER)
INVITED = InterviewInvited(occurred_at=EARLIER, interview_id=FIRST, round=1)
HELD = InterviewHeld(occurred_at=EARLIER, interview_id=FIRST)
OFFERED = OfferMade(occurred_at=EARLIER)
ACCEPTED = OfferAccepted(occurred_at=EARLIER)
REJECTED = ApplicationRejected(occurred_at=EARLIER, reason=ApplicationEnd.NOT_CHOSEN)
WITHDRAWN = ApplicationWithdrawn(occurred_at=EARLIER, reason=ApplicationDropped.TOO_FAR)
UNANSWERED = ApplicationUnanswered(occurred_at=EARLIER)
DECLINED = OfferDeclined(occurred_at=EARLIER)
FELL_THROUGH = ApplicationFellThrough(occurred_at=EARLIER)
VACANCY_CLOSED = ApplicationVacancyClosed(occurred_at=EARLIER)
SUPERSEDED = ApplicationSuperseded(occurred_at=EARLIER, by_application_id=OTHER)

PATHS: Final[dict[Stage, tuple[Fact, ...]]] = {
    Stage.SAVED: (),
    Stage.INTERESTED: (INTERESTED,),
    Stage.PREPARING: (BEGUN,),
    Stage.APPLIED: (SENT,),
    Stage.ACKNOWLEDGED: (SENT, ACKNOWLEDGED),
    Stage.INTERVIEW_INVITED: (SENT, INVITED),
    Stage.INTERVIEWED: (SENT, INVITED, HELD),
    Stage.OFFERED: (SENT, OFFERED),
    Stage.ACCEPTED: (SENT, OFFERED, ACCEPTED),
    Stage.UNSUCCESSFUL: (SENT, REJECTED),
    Stage.WITHDRAWN: (SENT, WITHDRAWN),
    Stage.NO_RESPONSE: (SENT, UNANSWERED),
    Stage.DECLINED: (SENT, OFFERED, DECLINED),
    Stage.FELL_THROUGH: (SENT, OFFERED, ACCEPTED, FELL_THROUGH),
    Stage.VACANCY_CLOSED: (BEGUN, VACANCY_CLOSED),
    Stage.SUPERSEDED: (SENT, SUPERSEDED),
}
DEEDS: Final[dict[str, Callable[[Application], None]]] = {
    "interest": lambda one: one.express_interest(NOW),
    "begin": lambda one: one.begin_preparing(NOW),
    "send": lambda one: one.send(ApplicationSent(occurred_at=NOW, cv_version=2), NOW),
    "acknowledge": lambda one: one.acknowledge(NOW),
    "chase": lambda one: one.chase(NOW),
    "interviews": lambda one: one.invite(InterviewInvited(occurred_at=NOW, interview_id=SECOND, round=one.next_round)),
    "offer": lambda one: one.offer(FRIDAY, NOW),
    "accept": lambda one: one.accept(OfferAccepted(occurred_at=NOW)),
    "decline": lambda one: one.decline(NOW),
    "reject": lambda one: one.reject(ApplicationEnd.NOT_CHOSEN, NOW),
    "withdraw": lambda one: one.withdraw(ApplicationDropped.FOUND_WORK, NOW),
    "silent": lambda one: one.give_up_waiting(NOW),
    "reopen": lambda one: one.reopen(NOW),
}
UNSENT_DEEDS: Final = {"send", "reject", "withdraw"}
WAITING_DEEDS: Final = {"chase", "interviews", "offer", "silent", "reject", "withdraw"}
AFTER_THE_END: Final = {"reopen", "accept", "acknowledge", "interviews", "offer"}
POSSIBLE: Final[dict[Stage, set[str]]] = {
    Stage.SAVED: {"interest", "begin", *UNSENT_DEEDS},
    Stage.INTERESTED: {"begin", *UNSENT_DEEDS},
    Stage.PREPARING: UNSENT_DEEDS,
    Stage.APPLIED: {"acknowledge", *WAITING_DEEDS},
    Stage.ACKNOWLEDGED: WAITING_DEEDS,
    Stage.INTERVIEW_INVITED: WAITING_DEEDS,
    Stage.INTERVIEWED: WAITING_DEEDS,
    Stage.OFFERED: {"offer", "accept", "decline", "reject", "withdraw"},
    Stage.ACCEPTED: {"decline", "reject"},
    Stage.UNSUCCESSFUL: AFTER_THE_END,
    Stage.WITHDRAWN: AFTER_THE_END,
    Stage.NO_RESPONSE: {"reject", *AFTER_THE_END},
    Stage.DECLINED: AFTER_THE_END,
    Stage.FELL_THROUGH: AFTER_THE_END,
    Stage.VACANCY_CLOSED: {"reopen", "send", "withdraw"},
    Stage.SUPERSEDED: {"reject", "withdraw", *AFTER_THE_END},
}
ALREADY: Final = {
    "interest": {Stage.INTERESTED},
    "begin": {Stage.PREPARING},
    "send": {Stage.APPLIED},
    "acknowledge": {Stage.ACKNOWLEDGED},
    "accept": {Stage.ACCEPTED},
    "decline": {Stage.DECLINED},
    "reject": {Stage.UNSUCCESSFUL},
    "withdraw": {Stage.WITHDRAWN},
    "silent": {Stage.NO_RESPONSE},
    "reopen": set(OPEN),
}


def given(*facts: Fact) -> Application:
    """Return a saved application to which these facts have happened."""
    application = Application.begin(APPLICATION, SAVED)
    for fact in facts:
        application.record(fact)
    application.collect_events()
    return application


def decided(application: Application) -> list[Fact]:
    """Return what was decided since."""
    return [event.fact for event in application.collect_events() if isinstance(event, Recorded)]


def at(stage: Stage) -> Application:
    application = given(*PATHS[stage])
    assert application.stage is stage
    return application


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("stage", Stage)
def test_what_is_asked_in_each_stage_is_done_or_done_already_or_refused_with_what_is_possible(
    stage: Stage, deed: str
) -> None:
    application = at(stage)
    if stage in ALREADY.get(deed, set()):
        DEEDS[deed](application)
        assert decided(application) == []
    elif deed in POSSIBLE[stage]:
        DEEDS[deed](application)
        assert decided(application)
    else:
        with pytest.raises(Refusal) as refused:
            DEEDS[deed](application)
        assert set(refused.value.allowed) == POSSIBLE[stage]
        assert decided(application) == []


@pytest.mark.parametrize("stage", Stage)
def test_every_refusal_says_in_a_sentence_where_the_application_stands(stage: Stage) -> None:
    forbidden = next(deed for deed in DEEDS if deed not in POSSIBLE[stage] and stage not in ALREADY.get(deed, set()))
    with pytest.raises(Refusal) as refused:
        DEEDS[forbidden](at(stage))
    assert refused.value.reason.endswith(".")


@pytest.mark.parametrize(
    ("deed", "follows"),
    [
        ("interest", ApplicationInterestExpressed(occurred_at=NOW)),
        ("begin", ApplicationBegun(occurred_at=NOW)),
        ("send", ApplicationSent(occurred_at=NOW, cv_version=2)),
        ("withdraw", ApplicationWithdrawn(occurred_at=NOW, reason=ApplicationDropped.FOUND_WORK)),
    ],
)
def test_a_saved_vacancy_goes_on(deed: str, follows: Fact) -> None:
    application = at(Stage.SAVED)
    DEEDS[deed](application)
    assert decided(application) == [follows]


def test_a_first_fact_tells_whose_application_it_is() -> None:
    application = given()
    assert (application.subject, application.tenant, application.vacancy_id) == (PARTICIPANT, PROVIDER, VACANCY)


def test_an_application_may_have_been_sent_some_days_ago() -> None:
    application = at(Stage.SAVED)
    application.send(ApplicationSent(occurred_at=EARLIER), NOW)
    assert application.waiting_since == EARLIER


def test_an_application_cannot_be_sent_tomorrow() -> None:
    with pytest.raises(SentInTheFuture):
        at(Stage.SAVED).send(ApplicationSent(occurred_at=NOW + timedelta(days=1)), NOW)


def test_who_applied_though_the_vacancy_was_gone_goes_on_from_there() -> None:
    application = at(Stage.VACANCY_CLOSED)
    application.send(ApplicationSent(occurred_at=EARLIER), NOW)
    assert decided(application) == [ApplicationReopened(occurred_at=NOW), ApplicationSent(occurred_at=EARLIER)]
    assert (application.stage, application.waiting_since) == (Stage.APPLIED, EARLIER)


def test_a_second_invitation_is_a_second_round() -> None:
    application = at(Stage.INTERVIEWED)
    assert application.next_round == 2
    DEEDS["interviews"](application)
    assert application.stage is Stage.INTERVIEW_INVITED


def test_a_cancelled_interview_is_no_round() -> None:
    application = given(SENT, INVITED, InterviewCancelled(occurred_at=EARLIER, interview_id=FIRST))
    assert application.next_round == 1


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ((SENT, INVITED), Stage.APPLIED),
        ((SENT, ACKNOWLEDGED, INVITED), Stage.ACKNOWLEDGED),
        ((SENT, INVITED, HELD, InterviewInvited(occurred_at=EARLIER, interview_id=SECOND, round=2)), Stage.INTERVIEWED),
    ],
)
def test_a_cancelled_interview_leads_back_to_where_the_application_was(path: tuple[Fact, ...], stage: Stage) -> None:
    application = given(*path)
    application.cancel_interview(path[-1].interview_id, NOW)  # type: ignore[attr-defined]
    assert application.stage is stage


def test_an_interview_may_have_a_day_and_get_its_time_later() -> None:
    invited = InterviewInvited(occurred_at=EARLIER, interview_id=FIRST, round=1, day=FRIDAY)
    application = given(SENT, invited)
    starts_at = datetime(2026, 3, 6, 10, tzinfo=UTC)
    moved = InterviewRescheduled(occurred_at=NOW, interview_id=FIRST, day=FRIDAY, starts_at=starts_at)
    application.reschedule(moved)
    application.reschedule(moved)
    assert decided(application) == [moved]


def test_who_is_prepared_for_an_interview_stays_so() -> None:
    application = at(Stage.INTERVIEW_INVITED)
    application.prepare(FIRST, NOW)
    application.prepare(FIRST, NOW)
    assert decided(application) == [InterviewPrepared(occurred_at=NOW, interview_id=FIRST)]


@pytest.mark.parametrize(("day", "starts_at"), [(FRIDAY, None), (None, NOW + timedelta(minutes=1))])
def test_an_interview_that_lies_ahead_was_not_held(day: date | None, starts_at: datetime | None) -> None:
    invited = InterviewInvited(occurred_at=EARLIER, interview_id=FIRST, round=1, day=day, starts_at=starts_at)
    with pytest.raises(InterviewLiesAhead):
        given(SENT, invited).hold(FIRST, NOW, TODAY)


def test_an_interview_without_a_time_can_be_held() -> None:
    application = at(Stage.INTERVIEW_INVITED)
    application.hold(FIRST, NOW, TODAY)
    application.hold(FIRST, NOW, TODAY)
    assert decided(application) == [InterviewHeld(occurred_at=NOW, interview_id=FIRST)]


@pytest.mark.parametrize(
    ("settled", "refusal"),
    [
        (HELD, InterviewIsOver),
        (InterviewCancelled(occurred_at=EARLIER, interview_id=FIRST), InterviewIsCancelled),
    ],
)
def test_an_interview_that_is_settled_is_not_changed(settled: Fact, refusal: type[Refusal]) -> None:
    application = given(SENT, INVITED, settled)
    with pytest.raises(refusal):
        application.prepare(FIRST, NOW)
    with pytest.raises(refusal):
        application.reschedule(InterviewRescheduled(occurred_at=NOW, interview_id=FIRST, day=FRIDAY))


def test_an_interview_that_nobody_noted_is_not_found() -> None:
    with pytest.raises(NoSuchInterview):
        at(Stage.INTERVIEW_INVITED).prepare(SECOND, NOW)


def test_the_same_invitation_again_is_no_second_one() -> None:
    application = at(Stage.INTERVIEW_INVITED)
    application.invite(INVITED)
    assert decided(application) == []


@pytest.mark.parametrize("stage", [Stage.NO_RESPONSE, Stage.UNSUCCESSFUL, Stage.WITHDRAWN, Stage.SUPERSEDED])
@pytest.mark.parametrize("news", ["acknowledge", "interviews", "offer"])
def test_an_answer_after_the_end_reopens_the_application(stage: Stage, news: str) -> None:
    application = at(stage)
    DEEDS[news](application)
    reopened, *_ = decided(application)
    assert reopened == ApplicationReopened(occurred_at=NOW)
    assert application.stage in OPEN


def test_an_employer_who_writes_again_throws_nobody_back() -> None:
    application = given(SENT, INVITED, HELD, UNANSWERED)
    application.acknowledge(NOW)
    assert (application.stage, decided(application)) == (Stage.INTERVIEWED, [ApplicationReopened(occurred_at=NOW)])


@pytest.mark.parametrize("news", ["acknowledge", "interviews", "offer", "accept"])
def test_an_employer_who_got_no_application_says_nothing_about_it(news: str) -> None:
    application = given(WITHDRAWN)
    with pytest.raises(Refusal) as refused:
        DEEDS[news](application)
    assert refused.value.allowed == ("reopen",)


@pytest.mark.parametrize("stage", OPEN)
def test_a_reopened_application_is_where_it_was(stage: Stage) -> None:
    application = at(stage)
    application.withdraw(ApplicationDropped.OTHER, NOW)
    application.reopen(NOW)
    assert application.stage is stage


def test_an_interview_held_after_the_end_counts_when_the_application_is_reopened() -> None:
    application = given(SENT, INVITED, WITHDRAWN, HELD)
    application.reopen(NOW)
    assert application.stage is Stage.INTERVIEWED


def test_an_accepted_job_is_declined_after_all() -> None:
    application = at(Stage.ACCEPTED)
    application.decline(NOW)
    application.reopen(NOW)
    assert application.stage is Stage.OFFERED


def test_a_person_accepts_after_a_refusal() -> None:
    application = at(Stage.DECLINED)
    application.accept(OfferAccepted(occurred_at=NOW, starts_on=FRIDAY))
    assert application.stage is Stage.ACCEPTED


def test_an_employer_may_want_the_answer_by_another_day() -> None:
    application = at(Stage.OFFERED)
    application.offer(FRIDAY, NOW)
    application.offer(FRIDAY, NOW)
    assert decided(application) == [OfferMade(occurred_at=NOW, answer_by=FRIDAY)]


@pytest.mark.parametrize("stage", Stage)
def test_another_accepted_offer_lets_what_is_open_rest(stage: Stage) -> None:
    application = at(stage)
    application.supersede(OTHER, NOW)
    facts = [ApplicationSuperseded(occurred_at=NOW, by_application_id=OTHER)] if stage in OPEN else []
    assert decided(application) == facts


@pytest.mark.parametrize("stage", Stage)
def test_what_rested_comes_back_to_where_it_was(stage: Stage) -> None:
    application = at(stage)
    application.supersede(OTHER, NOW)
    rested = application.stage is Stage.SUPERSEDED
    application.restore(OTHER, NOW)
    assert application.stage is (Stage.APPLIED if stage is Stage.SUPERSEDED else stage)
    assert (ApplicationRestored(occurred_at=NOW) in decided(application)) is rested


def test_what_rests_for_another_reason_does_not_come_back() -> None:
    application = at(Stage.SUPERSEDED)
    application.restore(APPLICATION, NOW)
    assert application.stage is Stage.SUPERSEDED


@pytest.mark.parametrize("stage", Stage)
def test_a_vacancy_that_is_withdrawn_closes_what_was_not_sent(stage: Stage) -> None:
    application = at(stage)
    application.close_vacancy(NOW)
    assert decided(application) == ([ApplicationVacancyClosed(occurred_at=NOW)] if stage in UNSENT else [])


@pytest.mark.parametrize("stage", Stage)
def test_only_an_accepted_job_falls_through(stage: Stage) -> None:
    application = at(stage)
    application.fall_through(NOW)
    assert bool(decided(application)) is (stage is Stage.ACCEPTED)


@pytest.mark.parametrize("stage", Stage)
def test_silence_closes_only_what_waits_for_an_answer(stage: Stage) -> None:
    application = at(stage)
    application.let_go_silent(EARLIER, NOW)
    waits = stage in {Stage.APPLIED, Stage.ACKNOWLEDGED, Stage.INTERVIEW_INVITED, Stage.INTERVIEWED}
    assert decided(application) == ([ApplicationUnanswered(occurred_at=NOW)] if waits else [])


@pytest.mark.parametrize(
    ("day", "starts_at", "since"),
    [
        (None, None, EARLIER),
        (FRIDAY, None, datetime(2026, 3, 6, 12, tzinfo=UTC)),
        (FRIDAY, datetime(2026, 3, 6, 15, tzinfo=UTC), datetime(2026, 3, 6, 15, tzinfo=UTC)),
        (date(2026, 1, 5), None, EARLIER),
    ],
)
def test_nobody_waits_for_news_before_the_interview_has_been(
    day: date | None, starts_at: datetime | None, since: datetime
) -> None:
    invited = InterviewInvited(occurred_at=EARLIER, interview_id=FIRST, round=1, day=day, starts_at=starts_at)
    assert given(SENT, invited).waiting_since == since


def test_news_in_between_keeps_it_open() -> None:
    application = given(SENT, ApplicationChased(occurred_at=NOW))
    application.let_go_silent(EARLIER, NOW + timedelta(days=60))
    assert decided(application) == []


def test_what_is_stored_tells_the_same_application() -> None:
    application = Application.begin(APPLICATION, SAVED)
    for fact in (SENT, INVITED, HELD, SUPERSEDED):
        application.record(fact)
    facts = [event.fact for event in application.collect_events() if isinstance(event, Recorded)]
    rows = [(fact.type_name, fact.model_dump_json(exclude_none=True).encode()) for fact in facts]
    again: Any = replay(APPLICATION, rows)
    assert (again.stage, again.before, again.interviews, again.version) == (
        application.stage,
        application.before,
        application.interviews,
        5,
    )


def test_a_fact_of_something_else_is_not_folded() -> None:
    with pytest.raises(TypeError, match="Application does not fold EmployerDropped"):
        given().record(EmployerDropped(occurred_at=NOW))
