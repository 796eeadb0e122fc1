"""What the service does by itself: it decides on what is due, sends it, and notes what people did.

Nothing here, and nothing that follows from it, counts for or against anybody: nudges never feed compliance.
"""

from typing import Final
from uuid import UUID

from chassis.ask import Answer
from chassis.listen.policies import Heard, Policy
from chassis.store import Session
from chassis.timers import Timer
from events.caseload import ActionAgreed
from events.jobsearch import ApplicationChased, InterviewPrepared
from events.nudges import NudgeKind, ServiceMessageKind, nudges_of
from nudges.commands import Deed, note_answer
from nudges.delivery import Delivery
from nudges.views.messages import MESSAGES
from nudges.views.situation import SITUATION
from nudges.watch import Watch

FIRST_STEP_AFTER_DAYS: Final = 10
ANSWER_AFTER_DAYS: Final = 14


async def when_action_agreed_note_answer(heard: Heard, session: Session) -> Answer:
    """Note that a first step was agreed."""
    return await _answered(heard, session, NudgeKind.AGREE_AN_ACTION, heard.told.aggregate_id)


async def when_application_chased_note_answer(heard: Heard, session: Session) -> Answer:
    """Note that the employer was asked."""
    return await _answered(heard, session, NudgeKind.CHASE_AN_APPLICATION, heard.told.aggregate_id)


async def when_interview_prepared_note_answer(heard: Heard, session: Session) -> Answer:
    """Note that the person is prepared."""
    return await _answered(heard, session, NudgeKind.PREPARE_AN_INTERVIEW, heard.fact.interview_id)


POLICIES: Final = (
    Policy("when_action_agreed_note_answer", ActionAgreed, when_action_agreed_note_answer),
    Policy("when_application_chased_note_answer", ApplicationChased, when_application_chased_note_answer),
    Policy("when_interview_prepared_note_answer", InterviewPrepared, when_interview_prepared_note_answer),
)

WITHOUT_ACTION: Final = """
select case_id::text as key, person_id as aggregate_id, tenant,
    (start_date + %(days)s + time '08:00') at time zone %(zone)s as due_at
from nudged_case where start_date is not null and not looked and not action_agreed and not closed
"""
UNANSWERED: Final = """
select application_id::text as key, person_id as aggregate_id, tenant,
    waiting_since + make_interval(days => %(days)s) as due_at
from nudged_application where waiting_since is not null and looked_since is distinct from waiting_since
    and not answered and not ended and not superseded
"""
UNPREPARED: Final = """
select interview_id::text as key, person_id as aggregate_id, tenant,
    greatest((day_of - 1 + time '13:00') at time zone %(zone)s, known_at) as due_at
from (select *, coalesce((starts_at at time zone %(zone)s)::date, day) as day_of from nudged_interview) i
where not prepared and not over and day_of::timestamp at time zone %(zone)s > %(now)s
"""
SUPPRESSED: Final = """
select nudge_id::text as key, person_id as aggregate_id, tenant, again_at as due_at
from nudge where again_at is not null
"""
DECIDED: Final = """
select nudge_id::text as key, person_id as aggregate_id, tenant, deliver_at as due_at
from nudge where deliver_at is not null
"""
MEETING_COMES: Final = """
select meeting_id::text as key, person_id as aggregate_id, tenant,
    ((starts_at at time zone %(zone)s)::date - %(days)s + time '09:00') at time zone %(zone)s as due_at
from nudged_meeting m where not over and starts_at > %(now)s
    and known_at < ((starts_at at time zone %(zone)s)::date - %(days)s + time '09:00') at time zone %(zone)s
    and not exists (select from nudged_meeting same where same.person_id = m.person_id and not same.over
        and same.starts_at = m.starts_at and same.meeting_id < m.meeting_id)
"""
INTERVIEW_COMES: Final = """
select interview_id::text as key, person_id as aggregate_id, tenant,
    (day_of - 1 + time '09:00') at time zone %(zone)s as due_at
from (select *, coalesce((starts_at at time zone %(zone)s)::date, day) as day_of from nudged_interview) i
where not over and day_of::timestamp at time zone %(zone)s > %(now)s
    and known_at < (day_of - 1 + time '09:00') at time zone %(zone)s
"""
DELAYED: Final = """
select message_id::text as key, person_id as aggregate_id, tenant, again_at as due_at
from service_message where again_at is not null
"""


def decision_timers(watch: Watch) -> tuple[Timer, ...]:
    """Return what becomes due to be decided, by the clock where people live."""
    zone = watch.rules.zone.key
    first_step = {"zone": zone, "days": FIRST_STEP_AFTER_DAYS}
    return (
        Timer(
            "nudge_to_agree_an_action", SITUATION, WITHOUT_ACTION, watch.first(NudgeKind.AGREE_AN_ACTION), first_step
        ),
        Timer(
            "nudge_to_chase_an_application",
            SITUATION,
            UNANSWERED,
            watch.first(NudgeKind.CHASE_AN_APPLICATION),
            {"days": ANSWER_AFTER_DAYS},
        ),
        Timer(
            "nudge_to_prepare_an_interview",
            SITUATION,
            UNPREPARED,
            watch.first(NudgeKind.PREPARE_AN_INTERVIEW),
            {"zone": zone},
        ),
        Timer("nudge_looked_at_again", MESSAGES, SUPPRESSED, watch.again),
    )


def delivery_timers(delivery: Delivery) -> tuple[Timer, ...]:
    """Return what becomes due to be sent."""
    zone = delivery.watch.rules.zone.key
    return (
        Timer("nudge_sent", MESSAGES, DECIDED, delivery.send_nudge),
        Timer(
            "appointment_in_a_week",
            SITUATION,
            MEETING_COMES,
            delivery.first_reminder(ServiceMessageKind.APPOINTMENT_IN_A_WEEK),
            {"zone": zone, "days": 7},
        ),
        Timer(
            "appointment_tomorrow",
            SITUATION,
            MEETING_COMES,
            delivery.first_reminder(ServiceMessageKind.APPOINTMENT_TOMORROW),
            {"zone": zone, "days": 1},
        ),
        Timer(
            "interview_tomorrow",
            SITUATION,
            INTERVIEW_COMES,
            delivery.first_reminder(ServiceMessageKind.INTERVIEW_TOMORROW),
            {"zone": zone},
        ),
        Timer("reminder_tried_again", MESSAGES, DELAYED, delivery.remind_again),
    )


async def _answered(heard: Heard, session: Session, kind: NudgeKind, about_id: UUID) -> Answer:
    told = heard.told
    assert told.tenant
    deed = Deed(kind, about_id, told.id, heard.fact.occurred_at)
    return await note_answer(session, nudges_of(told.subject, told.tenant), deed)
