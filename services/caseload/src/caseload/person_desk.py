"""What every route about one person begins with: who asks, whether they may, and how the person stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from caseload.access import JOBSEEKER, Deed, Record, can, require, require_role
from caseload.desk import AtDesk, Desk
from caseload.moment import Now
from caseload.pages import AliasShown
from caseload.programme_rules import ProgrammeRules
from caseload.standing import Standing
from caseload.views.today import TODAY, standings_of_people
from chassis.ask import Place
from chassis.http import AtLeast, CurrentActor
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.store import NotFoundError


def now_at(desk: Desk) -> Now:
    """Return now, where the programmes are."""
    return Now(desk.store.clock(), desk.zone)


def rules_at(desk: Desk, programme: UUID, now: Now) -> ProgrammeRules:
    """Return the rules of a programme that hold now."""
    return desk.terms.rules(programme, now.today)


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A request to read about one person: who asks, and what views have to know."""

    desk: Desk
    actor: Actor
    places: Sequence[Place]
    participant_id: UUID

    @property
    def tenant(self) -> UUID:
        """Whose rows are read."""
        assert self.actor.tenant
        return self.actor.tenant

    @property
    def for_person(self) -> bool:
        """Whether the person reads about themselves."""
        return self.actor.role == JOBSEEKER

    async def standing(self) -> Standing:
        """Return how the person stands, for who may read it.

        Raises NotPermittedError, and NotFoundError for a person without a case with the reader's provider.
        """
        require_role(self.actor, Deed.READ_SHARED)
        async with reading(self.desk.pool, self.tenant, TODAY, self.places) as connection:
            found = await standings_of_people(connection, self.tenant, [self.participant_id])
        if not found:
            raise NotFoundError
        record = Record(self.tenant, found[0].case.coaches_at(self.desk.store.clock()), self.participant_id)
        require(self.actor, Deed.READ_SHARED, record)
        return found[0]

    async def shown(self, aliases: Sequence[UUID]) -> list[AliasShown]:
        """Return other ids of the person, with whether who asks may open what is kept under each."""
        if not aliases:
            return []
        async with reading(self.desk.pool, self.tenant, TODAY) as connection:
            found = await standings_of_people(connection, self.tenant, aliases)
        now = self.desk.store.clock()
        readable = {
            one.case.participant_id
            for one in found
            if can(self.actor, Deed.READ_SHARED, Record(self.tenant, one.case.coaches_at(now)))
        }
        return [AliasShown(participant_id=alias, readable=alias in readable) for alias in aliases]


async def _person_request(desk: AtDesk, actor: CurrentActor, at_least: AtLeast, participant_id: UUID) -> PersonRequest:
    return PersonRequest(desk, actor, at_least, participant_id)


ToPerson = Annotated[PersonRequest, Depends(_person_request)]
