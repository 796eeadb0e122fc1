"""What one may ask of the nudges service: load, decide, save. Time comes in from outside.

Each command raises the errors of `chassis.store` and, when the rules turn it down, a refusal of `nudges.nudge`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import NotFoundError, Session
from events.nudges import NudgeKind, NudgesPaused
from nudges.decision import Circumstances, Rules
from nudges.nudge import Nudges
from nudges.occasion import Candidate, Person


@dataclass(frozen=True, slots=True)
class Pause:
    """Who pauses nudges, why in plain words, and until when; without `until`, until somebody ends it."""

    by_coach: bool
    reason: str | None
    until: datetime | None


async def nudges_for(session: Session, person: Person, now: datetime) -> Nudges:
    """Return what was decided about a person, or what begins now."""
    try:
        return await session.load(Nudges, person.nudges_id)
    except NotFoundError:
        return Nudges.of(person, now)


async def consider(  # noqa: PLR0913  (all that a decision depends on)
    session: Session,
    person: Person,
    candidate: Candidate,
    circumstances: Circumstances,
    rules: Rules,
    address: UUID | None,
    now: datetime,
) -> Answer:
    """Decide what becomes of a nudge that is due."""
    nudges = await nudges_for(session, person, now)
    nudges.consider(candidate, circumstances, rules, address, now)
    return await session.save(nudges)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did, which a nudge may have asked for, and the fact that tells it."""

    kind: NudgeKind
    about_id: UUID
    by_fact: str
    done_at: datetime


async def note_answer(session: Session, nudges_id: UUID, deed: Deed) -> Answer:
    """Note that a person did what nudges about something ask for; nothing happens where none was sent."""
    try:
        nudges = await session.load(Nudges, nudges_id)
    except NotFoundError:
        return await session.save()
    nudges.answer(deed.kind, deed.about_id, deed.by_fact, deed.done_at)
    return await session.save(nudges)


async def see(session: Session, nudges_id: UUID, nudge_id: UUID, now: datetime) -> Answer:
    """Note that a person opened a nudge."""
    nudges = await session.load(Nudges, nudges_id)
    nudges.see(nudge_id, now)
    return await session.save(nudges)


async def dismiss(session: Session, nudges_id: UUID, nudge_id: UUID, now: datetime) -> Answer:
    """Note that a person does not want a nudge."""
    nudges = await session.load(Nudges, nudges_id)
    nudges.dismiss(nudge_id, now)
    return await session.save(nudges)


async def stop(session: Session, person: Person, kind: NudgeKind | None, now: datetime) -> Answer:
    """Send a person no more nudges of a kind, or none at all."""
    nudges = await nudges_for(session, person, now)
    nudges.stop(kind, now)
    return await session.save(nudges)


async def resume(session: Session, person: Person, kind: NudgeKind | None, now: datetime) -> Answer:
    """Send a person nudges of a kind again, or of all kinds."""
    nudges = await nudges_for(session, person, now)
    nudges.resume(kind, now)
    return await session.save(nudges)


async def pause(session: Session, person: Person, keyring: Keyring, pause: Pause, now: datetime) -> Answer:
    """Send a person no nudges for a time; the reason is sealed before it becomes a fact."""
    nudges = await nudges_for(session, person, now)
    reason = None
    if pause.reason is not None:
        sealer = await keyring.sealer(person.participant_id)
        reason = sealer.seal(NudgesPaused, "reason", pause.reason)
    nudges.take_pause(
        NudgesPaused(
            occurred_at=now,
            participant_id=person.participant_id,
            provider_id=person.provider_id,
            by_coach=pause.by_coach,
            reason=reason,
            until=pause.until,
        )
    )
    return await session.save(nudges)


async def unpause(session: Session, person: Person, now: datetime) -> Answer:
    """End a pause of nudges."""
    nudges = await nudges_for(session, person, now)
    nudges.end_pause(now)
    return await session.save(nudges)
