"""What every route about one person begins with: who asks, whether they may, and how the person stands."""

from collections.abc import Sequence
from uuid import UUID

from caseload.access import Deed, Record, require, require_role
from caseload.desk import Desk
from caseload.moment import Now
from caseload.programme_rules import ProgrammeRules
from caseload.standing import Standing
from caseload.views.today import TODAY, standings_of_people
from chassis.ask import Place
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.store import NotFoundError


def now_at(desk: Desk) -> Now:
    """Return now, where the programmes are."""
    return Now(desk.store.clock(), desk.zone)


def rules_at(desk: Desk, programme: UUID, now: Now) -> ProgrammeRules:
    """Return the rules of a programme that hold now."""
    return desk.terms.rules(programme, now.today)


async def standing_for(
    desk: Desk, actor: Actor, participant: UUID, at_least: Sequence[Place], deed: Deed = Deed.READ_SHARED
) -> Standing:
    """Return how a person stands, for who may read it.

    Raises NotPermittedError, and NotFoundError for a person without a case with the reader's provider.
    """
    require_role(actor, deed)
    assert actor.tenant
    async with reading(desk.pool, actor.tenant, TODAY, at_least) as connection:
        found = await standings_of_people(connection, actor.tenant, [participant])
    if not found:
        raise NotFoundError
    require(actor, deed, Record(actor.tenant, frozenset({found[0].case.coach_id}), participant))
    return found[0]
