"""Who is the same person: the other ids that a provider merged with a participant's, by what their journeys tell."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from caseload.views.timeline import TimelineRow, entries_of_types
from chassis.database import Connection
from events.fact import read
from events.referrals import ParticipantMergeTakenBack, ParticipantsMerged

MERGING: Final = (ParticipantsMerged.type_name, ParticipantMergeTakenBack.type_name)

Rows = Sequence[TimelineRow]


def everything(rows: Rows) -> Rows:
    """Know all that a journey tells."""
    return rows


async def aliases_of(
    connection: Connection, tenant: UUID, participant: UUID, rows: Rows, known: Callable[[Rows], Rows] = everything
) -> list[UUID]:
    """Return all other ids of a person, through however many merges; `rows` has those of their own journey.

    `known` says what of a journey there was on the day that is asked about.
    """
    found: set[UUID] = set()
    waiting = others_in(known(rows))
    while waiting:
        found |= waiting
        further = known(await entries_of_types(connection, tenant, list(waiting), MERGING))
        waiting = others_in(further) - found - {participant}
    return sorted(found)


def others_in(rows: Rows) -> set[UUID]:
    """Return whom the facts of some participants say to be the same person as one of them."""
    merged: set[tuple[UUID, UUID]] = set()
    for row in sorted((row for row in rows if row.type_name in MERGING), key=lambda row: row.position):
        match read(row.type_name, row.fact.encode()):
            case ParticipantsMerged(other_participant_id=other):
                merged.add((row.participant_id, other))
            case ParticipantMergeTakenBack(other_participant_id=other):
                merged.discard((row.participant_id, other))
    return {other for _, other in merged}
