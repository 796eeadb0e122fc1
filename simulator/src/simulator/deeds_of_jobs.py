"""What happens in a job, by the commands of the caseload service. A job is found by its first day."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

from caseload.case import Case
from caseload.commands import job
from caseload.commands.job import JobTarget
from caseload.commands.target import Wording
from caseload.job import Job
from chassis.ask import Answer
from chassis.store import NotFoundError, Session
from events.caseload import CheckInMood, CheckInRecorded, JobEnded, JobEndReason
from simulator.calendar import LONDON
from simulator.context import Asked, Context, Doing

Said = Mapping[str, Any]


def ask_how_work_goes(context: Context, at: datetime, said: Said) -> Asked:
    """Note that it is time to ask, as the timer does."""
    week, day = said["week"], at.astimezone(LONDON).date()
    return _work(
        context, said, lambda session, target: job.let_check_in_fall_due(session, target.job_id, week, day, at)
    )


def check_in(context: Context, at: datetime, said: Said) -> Asked:
    """Say how work goes."""
    fields = {"occurred_at": at, "week": said["week"], "mood": CheckInMood(said["mood"]), "word": None}
    told, today = Wording(CheckInRecorded, fields), at.astimezone(LONDON).date()
    return _work(
        context,
        said,
        lambda session, target: job.decide_in_words(
            session, target, context.keyring, told, lambda one, fact: one.check_in(fact, today)
        ),
    )


def miss_check_in(context: Context, at: datetime, said: Said) -> Asked:
    """Note that nobody said, as the timer does."""
    return _work(context, said, lambda session, target: job.let_check_in_pass(session, target.job_id, said["week"], at))


def end_job(context: Context, at: datetime, said: Said) -> Asked:
    """Say that the job came to its end."""
    ended = JobEnded(occurred_at=at, last_day=said["last_day"], reason=JobEndReason(said["reason"]))
    today = at.astimezone(LONDON).date()
    return _work(context, said, lambda session, target: job.end(session, target, ended, today))


DEEDS: Final[Mapping[str, Doing]] = {one.__name__: one for one in (ask_how_work_goes, check_in, miss_check_in, end_job)}


def _work(context: Context, said: Said, do: Callable[[Session, JobTarget], Awaitable[Answer]]) -> Asked:
    async def work(session: Session) -> Answer:
        for one in await session.about(Job, context.person.participant):
            if one.starts_on == said["starts_on"]:
                return await do(session, JobTarget(one.id, _permitted))
        raise NotFoundError(Job.__name__)

    return context.asked("caseload", "coach", work)


def _permitted(_case: Case) -> None:
    """Who acts in a simulated life may."""
