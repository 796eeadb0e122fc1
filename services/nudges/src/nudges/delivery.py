"""Delivering: how things stand is looked at once more, a carrier takes the message, what became of it is noted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from chassis.ask import Answer
from chassis.listen.reading import reading
from chassis.store import Session
from chassis.timers import Due
from events.nudges import NudgeKind, ServiceMessageKind
from nudges.carriers import Carrier, Inbox, Message
from nudges.commands import nudges_for
from nudges.letters import Letter, nudge_letter, reminder_letter
from nudges.nudge import Nudges
from nudges.occasion import Attempt, Candidate, Reminder
from nudges.views.messages import MESSAGES, find_nudge, find_reminder
from nudges.views.situation import SITUATION, Standing, reminded_of, standing_of, still_right
from nudges.watch import Command, Watch


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivering needs. `mail` is None where no mail can be sent: then everything stands in the inbox.

    A message that was handed over is not handed over again when its fact has to be decided anew because somebody else
    wrote at the same time: `_tried` remembers what became of it until that is stored.
    """

    watch: Watch
    mail: Carrier | None = None
    portal: str = ""
    _tried: dict[UUID, Attempt] = field(default_factory=dict)

    async def send_nudge(self, due: Due, session: Session) -> Answer:
        """Send a nudge that was decided, unless something speaks against it by now."""
        now = self.watch.clock()
        async with reading(self.watch.pool, due.tenant, MESSAGES) as connection:
            row = await find_nudge(connection, UUID(due.key))
        if row is None or due.tenant is None:
            return await session.save()
        candidate = Candidate(NudgeKind(row.kind), row.about_id, row.since)
        standing, found = await self.watch.standing(candidate, row.participant_id, due.tenant)
        nudges = await session.load(Nudges, due.aggregate_id)
        if candidate.nudge_id in self._tried or nudges.still_wanted(candidate.nudge_id, found, self.watch.rules, now):
            attempt = await self._carry(
                candidate.nudge_id,
                nudges,
                standing,
                lambda name, to: nudge_letter(candidate, name, to, self.portal),
            )
            nudges.deliver(candidate.nudge_id, attempt, now)
        return await self._save(session, nudges, candidate.nudge_id)

    def first_reminder(self, kind: ServiceMessageKind) -> Command:
        """Return the command that reminds of something of a kind when its time has come."""

        async def remind(due: Due, session: Session) -> Answer:
            async with reading(self.watch.pool, due.tenant, SITUATION) as connection:
                matter = await reminded_of(connection, kind, UUID(due.key))
            day = matter.day_in(self.watch.rules.zone) if matter else None
            if matter is None or day is None or due.tenant is None:
                return await session.save()
            reminder = Reminder(kind, UUID(due.key), day, matter.since)
            return await self._remind(session, reminder, matter.participant_id, due.tenant)

        return remind

    async def remind_again(self, due: Due, session: Session) -> Answer:
        """Try once more to send a reminder that no carrier took."""
        async with reading(self.watch.pool, due.tenant, MESSAGES) as connection:
            row = await find_reminder(connection, UUID(due.key))
        if row is None or due.tenant is None:
            return await session.save()
        reminder = Reminder(ServiceMessageKind(row.kind), row.about_id, row.day, row.starts_at)
        return await self._remind(session, reminder, row.participant_id, due.tenant)

    async def _remind(self, session: Session, reminder: Reminder, participant: UUID, tenant: UUID) -> Answer:
        now, zone = self.watch.clock(), self.watch.rules.zone
        async with reading(self.watch.pool, tenant, SITUATION) as connection:
            standing = await standing_of(connection, participant, tenant)
            matter = await reminded_of(connection, reminder.kind, reminder.about_id)
        nudges = await nudges_for(session, self.watch.person(participant, tenant), now)
        right = still_right(reminder, standing, matter) and reminder.in_time(self.watch.rules, now)
        if nudges.reminded(reminder):
            return await session.save(nudges)
        if right or reminder.message_id in self._tried:
            attempt = await self._carry(
                reminder.message_id,
                nudges,
                standing,
                lambda name, to: reminder_letter(reminder, name, to, self.portal, zone),
            )
            nudges.remind(reminder, attempt, now)
        else:
            nudges.drop(reminder, now)
        return await self._save(session, nudges, reminder.message_id)

    def _carrier(self, nudges: Nudges, standing: Standing) -> Carrier:
        mailed = standing.email is not None and nudges.takes_mail(standing.email_referral)
        return self.mail if self.mail and mailed else Inbox()

    async def _carry(
        self, message_id: UUID, nudges: Nudges, standing: Standing, write: Callable[[str | None, str], Letter]
    ) -> Attempt:
        """Hand a message to its carrier, once."""
        if message_id not in self._tried:
            carrier = self._carrier(nudges, standing)
            outcome = await carrier.carry(Message(standing.name, standing.email, write))
            self._tried[message_id] = Attempt(carrier.channel, outcome, standing.email_referral)
        return self._tried[message_id]

    async def _save(self, session: Session, nudges: Nudges, message_id: UUID) -> Answer:
        answer = await session.save(nudges)
        self._tried.pop(message_id, None)
        return answer
