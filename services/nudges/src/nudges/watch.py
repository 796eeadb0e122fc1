"""Watching over what is due: how things stand is read from the prepared views, then a command decides."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from chassis.ask import Answer
from chassis.clock import Clock
from chassis.database import Pool
from chassis.listen.reading import reading
from chassis.store import Session
from chassis.timers import Due
from events.nudges import NudgeKind
from nudges import commands
from nudges.decision import Circumstances, Holdout, Rules
from nudges.occasion import Candidate, Person
from nudges.views.messages import MESSAGES, find_nudge
from nudges.views.situation import SITUATION, Matter, Standing, circumstances, matter_of, standing_of

Command = Callable[[Due, Session], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Watch:
    """What decisions need: the views, the rules, the holdout, and whether mail can be sent at all."""

    pool: Pool
    rules: Rules
    holdout: Holdout
    clock: Clock
    by_mail: bool = False

    def person(self, participant_id: UUID, provider_id: UUID) -> Person:
        """Return a person with what the holdout says of them."""
        held_out, propensity = self.holdout.has(participant_id), self.holdout.propensity
        return Person(participant_id, provider_id, held_out, propensity)

    async def standing(self, candidate: Candidate, participant: UUID, tenant: UUID) -> tuple[Standing, Circumstances]:
        """Return how things stand with a person and with what a nudge would be about."""
        async with reading(self.pool, tenant, SITUATION) as connection:
            standing = await standing_of(connection, participant, tenant)
            matter = await matter_of(connection, candidate.kind, candidate.about_id)
        return standing, circumstances(standing, matter, candidate, self.rules.zone, self.clock())

    def first(self, kind: NudgeKind) -> Command:
        """Return the command that decides on something of a kind that is due for the first time."""

        async def consider(due: Due, session: Session) -> Answer:
            matter = await self._matter(kind, due)
            since = matter.begins(self.rules.zone) if matter else None
            if matter is None or since is None:
                return await session.save()
            return await self._consider(session, Candidate(kind, UUID(due.key), since), matter.participant_id, due)

        return consider

    async def again(self, due: Due, session: Session) -> Answer:
        """Decide once more on a nudge that was suppressed until now."""
        async with reading(self.pool, due.tenant, MESSAGES) as connection:
            nudge = await find_nudge(connection, UUID(due.key))
        if nudge is None:
            return await session.save()
        candidate = Candidate(NudgeKind(nudge.kind), nudge.about_id, nudge.since)
        return await self._consider(session, candidate, nudge.participant_id, due)

    async def _matter(self, kind: NudgeKind, due: Due) -> Matter | None:
        async with reading(self.pool, due.tenant, SITUATION) as connection:
            return await matter_of(connection, kind, UUID(due.key))

    async def _consider(self, session: Session, candidate: Candidate, participant: UUID, due: Due) -> Answer:
        assert due.tenant
        standing, found = await self.standing(candidate, participant, due.tenant)
        person = self.person(participant, due.tenant)
        address = standing.email_referral if self.by_mail and standing.email else None
        return await commands.consider(session, person, candidate, found, self.rules, address, self.clock())
