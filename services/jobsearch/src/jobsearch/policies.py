"""Facts heard and days passed: what then is asked of applications, by nobody but the service itself."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from chassis.ask import Answer
from chassis.listen.policies import Heard, Policy
from chassis.store import Session
from chassis.timers import Command, Due, Timer
from events.jobsearch import ApplicationFellThrough, ApplicationRejected, OfferAccepted, OfferDeclined
from jobsearch.application import Application
from jobsearch.stages import CLOSES_ITSELF, UNSENT
from jobsearch.views.advertised import ADVERTISED
from jobsearch.views.applications import APPLICATIONS


async def when_offer_accepted_supersede_others(heard: Heard, session: Session) -> Answer:
    """Let the person's other open applications rest that there were when they took the job."""
    at = heard.told.fact.occurred_at
    others = [one for one in await _others(heard, session) if one.created_on <= at]
    for other in others:
        other.supersede(heard.told.aggregate_id, at)
    return await session.save(*others)


async def when_job_fell_through_restore_others(heard: Heard, session: Session) -> Answer:
    """Bring back what rested for the sake of this application, wherever it was before."""
    others = await _others(heard, session)
    for other in others:
        other.restore(heard.told.aggregate_id, heard.told.fact.occurred_at)
    return await session.save(*others)


async def _others(heard: Heard, session: Session) -> list[Application]:
    everything = await session.about(Application, heard.told.subject)
    return [one for one in everything if one.id != heard.told.aggregate_id]


POLICIES: Final = (
    Policy(
        "when_offer_accepted_supersede_others",
        OfferAccepted,
        when_offer_accepted_supersede_others,
        then=(
            Policy("when_offer_declined_restore_others", OfferDeclined, when_job_fell_through_restore_others),
            Policy(
                "when_application_rejected_restore_others", ApplicationRejected, when_job_fell_through_restore_others
            ),
            Policy(
                "when_application_fell_through_restore_others",
                ApplicationFellThrough,
                when_job_fell_through_restore_others,
            ),
        ),
    ),
)

UNANSWERED: Final = """
select id::text || ':' || waiting_since::text as key, id as aggregate_id, tenant,
    ((waiting_since at time zone %(zone)s)::date + %(days)s)::timestamp at time zone %(zone)s as due_at
from application where stage = any(%(stages)s) and waiting_since is not null
"""
VACANCY_GONE: Final = """
select a.id::text as key, a.id as aggregate_id, a.tenant, v.withdrawn_at as due_at
from application a join advertised v on v.vacancy_id = a.vacancy_id
where a.stage = any(%(stages)s) and v.withdrawn_at is not null
"""
JOB_NOT_STARTED: Final = """
select j.job_id::text as key, a.id as aggregate_id, a.tenant, j.not_started_at as due_at
from application a join application_job j on j.application_id = a.id
where a.stage = 'accepted' and j.not_started_at is not null
"""


async def let_go_silent(due: Due, session: Session) -> Answer:
    """Close an application that nobody answered, unless there was news since the wait began."""
    application = await session.load(Application, due.aggregate_id)
    _, _, waiting_since = due.key.partition(":")
    application.let_go_silent(datetime.fromisoformat(waiting_since), due.due_at)
    return await session.save(application)


def _command(decision: Callable[[Application, datetime], None]) -> Command:
    async def command(due: Due, session: Session) -> Answer:
        application = await session.load(Application, due.aggregate_id)
        decision(application, due.due_at)
        return await session.save(application)

    return command


def timers(zone: ZoneInfo, unanswered_days: int) -> tuple[Timer, ...]:
    """Return what falls due by itself; days are those of the programme's time zone."""
    waiting = {"zone": zone.key, "days": unanswered_days, "stages": list(CLOSES_ITSELF)}
    unsent = {"stages": list(UNSENT)}
    return (
        Timer("when_unanswered_too_long_close_application", APPLICATIONS, UNANSWERED, let_go_silent, waiting),
        Timer(
            "when_vacancy_withdrawn_close_unsent_application",
            APPLICATIONS,
            VACANCY_GONE,
            _command(Application.close_vacancy),
            unsent,
            also=(ADVERTISED,),
        ),
        Timer(
            "when_job_not_started_let_application_fall_through",
            APPLICATIONS,
            JOB_NOT_STARTED,
            _command(Application.fall_through),
        ),
    )
