"""The nudges of one person with one provider: what was decided, how it was sent, what the person made of it and wants.

One aggregate holds them all, so a weekly cap and a wish to be left alone hold however many processes decide at once.
"""

from collections.abc import Iterator
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.fact import Fact
from events.nudges import (
    DeliveryChannel,
    EmailBounced,
    NudgeAnswered,
    NudgeDecided,
    NudgeDelayed,
    NudgeDelivered,
    NudgeDeliveryFailed,
    NudgeDismissed,
    NudgeDue,
    NudgeHeldOut,
    NudgeKind,
    NudgeKindResumed,
    NudgeKindStopped,
    NudgeSeen,
    NudgeSent,
    NudgesPaused,
    NudgesResumed,
    NudgeSuppressed,
    NudgingBegun,
    ServiceMessageDelayed,
    ServiceMessageDropped,
    ServiceMessageSent,
)
from nudges.decision import Circumstances, Give, HoldOut, Rules, Suppress, decide, obstacle
from nudges.occasion import Attempt, Candidate, Outcome, Person, Reminder
from nudges.stage import COUNTED, RECEIVED, WITH_THE_PERSON, Nudge, Stage
from nudges.wishes import Wishes

ANSWERED_WITHIN: Final = timedelta(days=7)
TRIED_AGAIN_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
DUE: Final = {
    NudgeKind.AGREE_AN_ACTION: NudgeDue.STARTED_WITHOUT_ACTION,
    NudgeKind.CHASE_AN_APPLICATION: NudgeDue.APPLICATION_UNANSWERED,
    NudgeKind.PREPARE_AN_INTERVIEW: NudgeDue.INTERVIEW_UNPREPARED,
}


class NudgeNotSent(Refusal):
    """No nudge of that id was sent to this person."""


class NudgeAlreadyAnswered(Refusal):
    """The person did what the nudge was about; there is nothing left to dismiss."""


class Nudges(Aggregate):
    """The rules. Every decision takes the moment at which it is made."""

    begins_with = NudgingBegun

    held_out: bool = False
    propensity: float = 1.0
    nudges: dict[UUID, Nudge] = field(default_factory=dict)
    wishes: Wishes = field(default_factory=Wishes)
    bounced_referral: UUID | None = None
    reminders: dict[UUID, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, person: Person, now: datetime) -> Self:
        """Return the nudges of a person about whom nothing was decided before."""
        begun = NudgingBegun(
            occurred_at=now,
            participant_id=person.participant_id,
            provider_id=person.provider_id,
            held_out=person.held_out,
            propensity=person.propensity,
        )
        return cls.begin(person.nudges_id, begun)

    def consider(
        self, candidate: Candidate, circumstances: Circumstances, rules: Rules, address: UUID | None, now: datetime
    ) -> None:
        """Decide what becomes of a nudge that is due, and note it with the reason or the propensity.

        `address` is the referral that gave an e-mail address, None where no mail can be sent.
        """
        known = self.nudges.get(candidate.nudge_id)
        if known and known.stage is not Stage.SUPPRESSED:
            return
        match decide(self._whole(candidate, circumstances, now), rules, now):
            case Suppress() as suppressed:
                self._suppress(candidate, suppressed, now)
            case HoldOut():
                self.record(NudgeHeldOut(**self._about(candidate, now), propensity=self.propensity))
            case Give():
                channel = DeliveryChannel.EMAIL if self.takes_mail(address) else DeliveryChannel.INBOX
                self.record(NudgeDecided(**self._about(candidate, now), propensity=self.propensity, channel=channel))

    def takes_mail(self, address: UUID | None) -> bool:
        """Return whether there is an address, and it did not bounce before."""
        return address is not None and address != self.bounced_referral

    def still_wanted(self, nudge_id: UUID, circumstances: Circumstances, rules: Rules, now: datetime) -> bool:
        """Return whether a nudge that was decided may be sent now; if not, note why."""
        nudge = self.nudges.get(nudge_id)
        if nudge is None or nudge.stage is not Stage.DECIDED:
            return False
        found = obstacle(self._whole(nudge.candidate, circumstances, now), rules, now)
        if found:
            self._suppress(nudge.candidate, found, now)
        return found is None

    def deliver(self, nudge_id: UUID, attempt: Attempt, now: datetime) -> None:
        """Note what became of handing a nudge to its carrier. What no carrier takes stands in the inbox."""
        nudge = self.nudges[nudge_id]
        if attempt.outcome is Outcome.CARRIED:
            self._sent(nudge_id, attempt.channel, now)
        elif attempt.outcome is Outcome.AWAY and nudge.attempts < len(TRIED_AGAIN_AFTER):
            again_at = now + TRIED_AGAIN_AFTER[nudge.attempts]
            self.record(NudgeDelayed(occurred_at=now, nudge_id=nudge_id, attempt=nudge.attempts + 1, again_at=again_at))
        else:
            bounced = attempt.outcome is Outcome.BOUNCED
            self.record(
                NudgeDeliveryFailed(occurred_at=now, nudge_id=nudge_id, channel=attempt.channel, bounced=bounced)
            )
            self._note_bounce(attempt, now)
            self._sent(nudge_id, DeliveryChannel.INBOX, now)

    def remind(self, reminder: Reminder, attempt: Attempt, now: datetime) -> None:
        """Note what became of handing a reminder to its carrier. What no carrier takes stands in the inbox."""
        if self.reminded(reminder):
            return
        attempts = self.reminders.get(reminder.message_id) or 0
        if attempt.outcome is Outcome.AWAY and attempts < len(TRIED_AGAIN_AFTER):
            again_at = now + TRIED_AGAIN_AFTER[attempts]
            self.record(
                ServiceMessageDelayed(**self._person(now), **reminder.told(), attempt=attempts + 1, again_at=again_at)
            )
            return
        self._note_bounce(attempt, now)
        channel = attempt.channel if attempt.outcome is Outcome.CARRIED else DeliveryChannel.INBOX
        self.record(ServiceMessageSent(**self._person(now), **reminder.told(), channel=channel))

    def reminded(self, reminder: Reminder) -> bool:
        """Return whether a reminder was sent, or dropped for good."""
        return self.reminders.get(reminder.message_id, 0) is None

    def drop(self, reminder: Reminder, now: datetime) -> None:
        """Note that a reminder is no longer right."""
        if not self.reminded(reminder):
            self.record(ServiceMessageDropped(**self._person(now), **reminder.told()))

    def see(self, nudge_id: UUID, now: datetime) -> None:
        """Note that the person opened a nudge."""
        if self._received(nudge_id).stage is Stage.SENT:
            self.record(NudgeSeen(occurred_at=now, nudge_id=nudge_id))

    def dismiss(self, nudge_id: UUID, now: datetime) -> None:
        """Note that the person does not want a nudge."""
        stage = self._received(nudge_id).stage
        if stage is Stage.ANSWERED:
            raise NudgeAlreadyAnswered(str(NudgeAlreadyAnswered.__doc__))
        if stage is not Stage.DISMISSED:
            self.record(NudgeDismissed(occurred_at=now, nudge_id=nudge_id))

    def answer(self, kind: NudgeKind, about_id: UUID, by_fact: str, now: datetime) -> None:
        """Note that the person did what nudges about something ask for, where one was sent not long before."""
        for nudge_id, nudge in list(self.nudges.items()):
            about = (nudge.candidate.kind, nudge.candidate.about_id) == (kind, about_id)
            if about and nudge.stage in WITH_THE_PERSON and nudge.at <= now <= nudge.at + ANSWERED_WITHIN:
                self.record(NudgeAnswered(occurred_at=now, nudge_id=nudge_id, by_fact=by_fact))

    def stop(self, kind: NudgeKind | None, now: datetime) -> None:
        """Send no more nudges of a kind, or none at all."""
        if kind not in self.wishes.stopped:
            self.record(NudgeKindStopped(**self._person(now), kind=kind))

    def resume(self, kind: NudgeKind | None, now: datetime) -> None:
        """Send nudges of a kind again, or of all kinds; where all were stopped, the others stay so."""
        wanted = not self.wishes.stopped if kind is None else not self.wishes.refuse(kind)
        if wanted:
            return
        others = [one for one in NudgeKind if one is not kind] if kind and None in self.wishes.stopped else []
        self.record(NudgeKindResumed(**self._person(now), kind=None if others else kind))
        for other in others:
            self.stop(other, now)

    def take_pause(self, pause: NudgesPaused) -> None:
        """Send no nudges for a time; a later pause takes the place of an earlier one."""
        self.record(pause)

    def end_pause(self, now: datetime) -> None:
        """End a pause before its time."""
        if self.wishes.pause:
            self.record(NudgesResumed(**self._person(now)))

    def _whole(self, candidate: Candidate, circumstances: Circumstances, now: datetime) -> Circumstances:
        """Return how things stand, together with what this person got and wants."""
        whole = replace(
            circumstances,
            opted_out=self.wishes.refuse(candidate.kind),
            earlier=tuple(self._earlier(candidate)),
            held_out=self.held_out,
        )
        if paused := self.wishes.paused(now):
            return replace(whole, paused_by=paused[0], paused_until=paused[1])
        return whole

    def _earlier(self, candidate: Candidate) -> Iterator[datetime]:
        others = (nudge for nudge_id, nudge in self.nudges.items() if nudge_id != candidate.nudge_id)
        return (nudge.at for nudge in others if nudge.stage in COUNTED)

    def _suppress(self, candidate: Candidate, found: Suppress, now: datetime) -> None:
        about = self._about(candidate, now)
        self.record(NudgeSuppressed(**about, reason=found.reason, again_at=found.again_at))

    def _sent(self, nudge_id: UUID, channel: DeliveryChannel, now: datetime) -> None:
        self.record(NudgeSent(occurred_at=now, nudge_id=nudge_id, channel=channel))
        if channel is DeliveryChannel.INBOX:
            self.record(NudgeDelivered(occurred_at=now, nudge_id=nudge_id, channel=channel))

    def _note_bounce(self, attempt: Attempt, now: datetime) -> None:
        if attempt.outcome is Outcome.BOUNCED and attempt.referral_id not in {None, self.bounced_referral}:
            self.record(EmailBounced(**self._person(now), referral_id=attempt.referral_id))

    def _received(self, nudge_id: UUID) -> Nudge:
        nudge = self.nudges.get(nudge_id)
        if nudge is None or nudge.stage not in RECEIVED:
            raise NudgeNotSent(str(NudgeNotSent.__doc__))
        return nudge

    def _person(self, now: datetime) -> dict[str, Any]:
        return {"occurred_at": now, "participant_id": self.subject, "provider_id": self.tenant}

    def _about(self, candidate: Candidate, now: datetime) -> dict[str, Any]:
        about = {"kind": candidate.kind, "about_id": candidate.about_id, "since": candidate.since}
        return {**self._person(now), **about, "nudge_id": candidate.nudge_id, "due": DUE[candidate.kind]}

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case NudgingBegun():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.held_out, self.propensity = fact.held_out, fact.propensity
            case NudgeSuppressed() | NudgeHeldOut() | NudgeDecided():
                self.nudges[fact.nudge_id] = Nudge.decided(fact)
            case NudgeSent() | NudgeDelayed() | NudgeSeen() | NudgeAnswered() | NudgeDismissed():
                self.nudges[fact.nudge_id] = self.nudges[fact.nudge_id].after(fact)
            case NudgeDelivered() | NudgeDeliveryFailed():
                pass
            case ServiceMessageSent() | ServiceMessageDropped():
                self.reminders[fact.message_id] = None
            case ServiceMessageDelayed():
                self.reminders[fact.message_id] = fact.attempt
            case NudgeKindStopped() | NudgeKindResumed() | NudgesPaused() | NudgesResumed():
                self.wishes = self.wishes.after(fact)
            case EmailBounced(referral_id=referral_id):
                self.bounced_referral = referral_id
            case _:
                super().fold(fact)
