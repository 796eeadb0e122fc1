"""Days passed: what then is asked of the service. Each is found in a view, by its own timer, and asked once."""

from typing import Final, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.case import Case
from caseload.commands.action import let_action_fall_due
from caseload.commands.job import let_check_in_fall_due, let_check_in_pass
from caseload.commands.standard import let_time_pass
from caseload.commands.target import Target
from caseload.views.caseload import CASELOAD, WAITED_FOR
from caseload.views.jobs import JOBS
from caseload.views.standards import RUNS, STANDARDS
from chassis.ask import Answer
from chassis.listen.views import View
from chassis.store import Session
from chassis.timers import Command, Due, Timer
from events.caseload import Standard

# Each looks at every tick: it asks for the days that have come by a column that has an index in its view.
OPEN_ACTIONS: Final = f"""
select action_id::text as key, case_id as aggregate_id, tenant, (due + 1)::timestamp at time zone %(zone)s as due_at
from agreed_action
where {WAITED_FOR} and due < (%(now)s::timestamptz at time zone %(zone)s)::date
    and exists (select from caseload where caseload.case_id = agreed_action.case_id and ended is null)
"""  # noqa: S608  (a constant of the view)
STANDARDS_TO_WARN_OF: Final = f"""
select standards_id || ':' || standard as key, standards_id as aggregate_id, tenant,
    warn_on::timestamp at time zone %(zone)s as due_at
from standard_clock
where {RUNS} and not warned and warn_on <= (%(now)s::timestamptz at time zone %(zone)s)::date
"""  # noqa: S608  (a constant of the view)
STANDARDS_TO_BREACH: Final = f"""
select standards_id || ':' || standard as key, standards_id as aggregate_id, tenant,
    (due + 1)::timestamp at time zone %(zone)s as due_at
from standard_clock where {RUNS} and due < (%(now)s::timestamptz at time zone %(zone)s)::date
"""  # noqa: S608  (a constant of the view)
CHECK_INS_TO_ASK_FOR: Final = """
select job_id || ':' || check_in.week as key, job_id as aggregate_id, tenant,
    check_in.day::timestamp at time zone %(zone)s as due_at
from job cross join lateral unnest(weeks, days) as check_in (week, day)
where next_check_in <= (%(now)s::timestamptz at time zone %(zone)s)::date
    and check_in.week <> all(asked || answered)
"""
CHECK_INS_TO_MISS: Final = """
select job_id || ':' || check_in.week as key, job_id as aggregate_id, tenant,
    (check_in.day + 7)::timestamp at time zone %(zone)s as due_at
from job cross join lateral unnest(weeks, days) as check_in (week, day)
where next_check_in <= (%(now)s::timestamptz at time zone %(zone)s)::date
    and check_in.week = any(asked) and check_in.week <> all(answered || missed)
"""


def timers(zone: ZoneInfo) -> tuple[Timer, ...]:
    """Return what falls due by itself, in the programmes' time zone."""

    def timer(view: View, query: LiteralString, command: Command) -> Timer:
        return Timer(command.__name__, view, query, command, {"zone": zone.key})

    async def when_due_date_passed_let_action_fall_due(due: Due, session: Session) -> Answer:
        target = Target(due.aggregate_id, _permit_ourselves)
        return await let_action_fall_due(session, target, UUID(due.key), due.due_at.astimezone(zone).date(), due.due_at)

    async def when_little_time_is_left_warn_of_standard(due: Due, session: Session) -> Answer:
        day, standard = due.due_at.astimezone(zone).date(), Standard(_last_word(due))
        return await let_time_pass(session, due.aggregate_id, lambda it: it.warn(standard, day, due.due_at))

    async def when_last_day_passed_breach_standard(due: Due, session: Session) -> Answer:
        day, standard = due.due_at.astimezone(zone).date(), Standard(_last_word(due))
        return await let_time_pass(session, due.aggregate_id, lambda it: it.breach(standard, day, due.due_at))

    async def when_week_completed_let_check_in_fall_due(due: Due, session: Session) -> Answer:
        day = due.due_at.astimezone(zone).date()
        return await let_check_in_fall_due(session, due.aggregate_id, int(_last_word(due)), day, due.due_at)

    return (
        timer(CASELOAD, OPEN_ACTIONS, when_due_date_passed_let_action_fall_due),
        timer(STANDARDS, STANDARDS_TO_WARN_OF, when_little_time_is_left_warn_of_standard),
        timer(STANDARDS, STANDARDS_TO_BREACH, when_last_day_passed_breach_standard),
        timer(JOBS, CHECK_INS_TO_ASK_FOR, when_week_completed_let_check_in_fall_due),
        timer(JOBS, CHECK_INS_TO_MISS, when_nobody_answered_let_check_in_pass),
    )


async def when_nobody_answered_let_check_in_pass(due: Due, session: Session) -> Answer:
    """Note that a week went by in which nobody said how the job goes."""
    return await let_check_in_pass(session, due.aggregate_id, int(_last_word(due)), due.due_at)


def _last_word(due: Due) -> str:
    return due.key.rpartition(":")[2]


def _permit_ourselves(_case: Case) -> None:
    """A timer needs nobody's leave."""
