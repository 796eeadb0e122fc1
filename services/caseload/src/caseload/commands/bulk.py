"""What is asked of many cases at once. Each answers for itself; what can be done is stored together.

An outcome is a word, and behind a colon what there is to say of it: commands are repeated by what was kept of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from caseload.access import NotPermittedError
from caseload.case import Case, person_of
from caseload.commands.target import OK, Wording
from caseload.conversation import Conversation
from chassis.aggregate import Refusal
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import Session
from events.caseload import CaseCovered, MessageSent, conversation_of

DONE: Final = "done"
ALREADY: Final = "already"
CHANGED: Final = "changed"
NOT_FOUND: Final = "not_found"
NOT_PERMITTED: Final = "not_permitted"
REFUSED: Final = "refused"

Decision = Callable[[Case], str]


@dataclass(frozen=True, slots=True)
class Targets:
    """The cases that a command is for; `permit` raises for one that who asks may not change."""

    case_ids: Sequence[UUID]
    permit: Callable[[Case], None]


async def assign_many(session: Session, targets: Targets, coach_id: UUID, now: datetime) -> Answer:
    """Make a coach responsible for cases. What is said of each is who was before."""

    def assign(case: Case) -> str:
        before = case.coach_id
        case.assign(coach_id, now)
        return _said(DONE, before) if before != coach_id else ALREADY

    return await _decide_each(session, targets, assign)


async def assign_back(
    session: Session, targets: Targets, coach_id: UUID, before: Mapping[UUID, UUID], now: datetime
) -> Answer:
    """Give cases back to who was responsible before, where nobody else has become it since."""

    def assign(case: Case) -> str:
        if case.coach_id != coach_id:
            return CHANGED
        case.assign(before[case.id], now)
        return DONE

    return await _decide_each(session, targets, assign)


async def stand_in(session: Session, targets: Targets, covered: CaseCovered, now: datetime) -> Answer:
    """Let a coach stand in for another in their cases."""

    def cover(case: Case) -> str:
        case.stand_in(covered, now)
        return DONE

    return await _decide_each(session, targets, cover)


async def end_cover(session: Session, targets: Targets, now: datetime) -> Answer:
    """Let nobody stand in any longer."""

    def end(case: Case) -> str:
        case.end_cover(now)
        return DONE

    return await _decide_each(session, targets, end)


async def write_to_many(
    session: Session, targets: Targets, keyring: Keyring, fields: Mapping[str, Any], message_ids: Mapping[UUID, UUID]
) -> Answer:
    """Write the same to many, to each in a message of its own. What is said of each is the message's id."""
    await session.recall()
    cases, outcomes = await _each(session, targets, lambda case: _said(DONE, message_ids[case.id]))
    sealers = await keyring.sealers(person_of(case) for case in cases)
    talks = await session.load_many(Conversation, [conversation_of(case.id) for case in cases])
    for case in cases:
        whose = {"case_id": case.id, "participant_id": case.subject, "provider_id": case.tenant}
        wording = Wording(MessageSent, {**fields, **whose, "message_id": message_ids[case.id]})
        sent, talk = wording.sealed(sealers[person_of(case)]), conversation_of(case.id)
        if talk in talks:
            talks[talk].send(sent)
        else:
            talks[talk] = Conversation.open(talk, sent)
    return await session.append(talks.values(), Answer(OK, outcomes))


async def withdraw_many(
    session: Session, targets: Targets, message_ids: Mapping[UUID, UUID], author_id: UUID, now: datetime
) -> Answer:
    """Take messages back that nobody has read."""
    await session.recall()
    talks = await session.load_many(Conversation, [conversation_of(case_id) for case_id in targets.case_ids])

    def withdraw(case: Case) -> str:
        talk = talks.get(conversation_of(case.id))
        if talk is None:
            return NOT_FOUND
        talk.withdraw(message_ids[case.id], author_id, now)
        return DONE

    _, outcomes = await _each(session, targets, withdraw)
    return await session.append(talks.values(), Answer(OK, outcomes))


async def _decide_each(session: Session, targets: Targets, decision: Decision) -> Answer:
    await session.recall()
    cases, outcomes = await _each(session, targets, decision)
    return await session.append(cases, Answer(OK, outcomes))


async def _each(session: Session, targets: Targets, decision: Decision) -> tuple[list[Case], dict[str, str]]:
    """Return the cases that were decided on, and what became of each, in the order in which they were asked."""
    found = await session.load_many(Case, targets.case_ids)
    once = dict.fromkeys(targets.case_ids)
    outcomes = {str(id_): _outcome(found.get(id_), targets, decision) for id_ in once}
    return [case for id_, case in found.items() if outcomes[str(id_)].partition(":")[0] == DONE], outcomes


def _outcome(case: Case | None, targets: Targets, decision: Decision) -> str:
    if case is None:
        return NOT_FOUND
    try:
        targets.permit(case)
        return decision(case)
    except NotPermittedError:
        return NOT_PERMITTED
    except Refusal as refusal:
        return _said(REFUSED, refusal.reason)


def _said(outcome: str, what: object) -> str:
    return outcome if what is None else f"{outcome}:{what}"
