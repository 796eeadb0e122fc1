"""What the gateway itself records: who looked at whose record. It is stored before the record is shown."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from chassis.ask import Answer, Ask
from chassis.identity import Actor
from chassis.store import Session, Store
from events.gateway import RecordOpened, RecordRefused, RecordsListed
from events.gateway import Refused as Reason
from gateway.look import Listed, Opened, Refused


@dataclass(frozen=True, slots=True)
class Looks:
    """Records looks, each in a transaction that is committed before whoever looks gets an answer."""

    store: Store

    async def opened(self, ask: Ask, actor: Actor, participant: UUID, what: str) -> None:
        """Tell that somebody opened a person's record. Raises as `chassis.store`."""
        now, role = self.store.clock(), actor.role
        fact = RecordOpened(occurred_at=now, participant_id=participant, reader_id=actor.id, role=role, what=what)
        await self._tell(ask, Opened.of(uuid4(), fact, actor.tenant))

    async def refused(self, ask: Ask, actor: Actor, participant: UUID, what: str, reason: Reason) -> None:
        """Tell that somebody was refused a person's record. Raises as `chassis.store`."""
        fact = RecordRefused(
            occurred_at=self.store.clock(),
            participant_id=participant,
            reader_id=actor.id,
            role=actor.role,
            what=what,
            reason=reason,
        )
        await self._tell(ask, Refused.of(uuid4(), fact, actor.tenant))

    async def listed(self, ask: Ask, actor: Actor, what: str, count: int) -> None:
        """Tell that somebody read a list of people. Raises as `chassis.store`."""
        now, role = self.store.clock(), actor.role
        fact = RecordsListed(occurred_at=now, reader_id=actor.id, role=role, what=what, count=count)
        await self._tell(ask, Listed.of(uuid4(), fact, actor.tenant))

    async def _tell(self, ask: Ask, look: Opened | Refused | Listed) -> None:
        async def work(session: Session) -> Answer:
            return await session.save(look)

        # A look is told each time: an Idempotency-Key belongs to the service that is asked.
        await self.store.execute(replace(ask, key=None, fingerprint=b""), work)
