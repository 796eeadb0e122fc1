"""Bringing in the rows of a file: what the keyring does is asked for many at once, each row is a command of its own.

A row's idempotency key follows from what identifies it, so the same row is brought in once however often it is sent.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Final
from uuid import UUID, uuid5

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from chassis.ask import Answer, Ask
from chassis.keyring import Keyring, KeyringAwayError, Sealer
from chassis.store import ClaimTakenError, KeyReusedError, Session, Store
from chassis.working_days import WorkingDays
from events.keyring import IndexKind
from referrals.referral import Referral
from referrals.referral_file import ReferralRow, RowError
from referrals.submission import Submission, held_if_known, index_entries, save_new, submitted_fact

ROWS_AT_ONCE: Final = 500
COMMANDS_AT_ONCE: Final = 6
PAUSES_SECONDS: Final = (0.5, 2, 5, 15, None)
TRANSIENT: Final = (KeyringAwayError, OperationalError, PoolTimeout)
log = logging.getLogger(__name__)

NAMESPACE: Final = UUID("5d0b4a3e-64b2-5f0e-9a51-7265666572ff")

OPEN_ALREADY: Final = "has an open referral to this programme already"
OTHER_DETAILS: Final = "came before with other details: change it where it is now"


@dataclass(slots=True)
class Progress:
    """How far an import is: every row ends as added, repeated or refused."""

    added: int = 0
    repeated: int = 0
    refused: list[RowError] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many rows have been dealt with."""
        return self.added + self.repeated + len(self.refused)


@dataclass(frozen=True, slots=True)
class Destination:
    """Whose referrals the rows become, and which coach stands behind which code."""

    programme_id: UUID
    provider_id: UUID
    referrer_id: UUID
    coaches: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Import:
    """The means of an import. `hash_key` keys every digest of a row that is kept."""

    store: Store
    keyring: Keyring
    calendar: WorkingDays
    acknowledge_within: int
    hash_key: bytes

    async def bring_in(
        self, ask: Ask, destination: Destination, rows: Sequence[ReferralRow], now: datetime, progress: Progress
    ) -> None:
        """Bring rows in and count them in `progress`; broken off at any moment, it can be begun again.

        What is away for a while is waited for. Raises ExceptionGroup when it stays away, or when something else fails.
        """
        for start in range(0, len(rows), ROWS_AT_ONCE):
            pieces = [_Piece(self, ask, destination, row, now) for row in rows[start : start + ROWS_AT_ONCE]]
            await self._settle_patiently(pieces, progress)

    async def _settle_patiently(self, pieces: Sequence["_Piece"], progress: Progress) -> None:
        for pause in PAUSES_SECONDS:
            try:
                await self._settle([piece for piece in pieces if not piece.settled], progress)
            except* TRANSIENT as away:
                if pause is None:
                    raise
                log.warning("an import waits for %g s: %s", pause, type(away.exceptions[0]).__name__)
                await asyncio.sleep(pause)
            else:
                return

    async def _settle(self, pieces: Sequence["_Piece"], progress: Progress) -> None:
        """Bring in what did not come before."""
        answered = await self.store.answered([piece.key for piece in pieces])
        fresh = [piece for piece in pieces if not piece.settle_if_answered(answered, progress)]
        if not fresh:
            return
        participants = await self._participants(fresh)
        sealers = await self.keyring.sealers(participants)
        entries = [index_entries(person, piece.row.person) for person, piece in zip(participants, fresh, strict=True)]
        await self.keyring.index(entry for one in entries for entry in one)
        slots = asyncio.Semaphore(COMMANDS_AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for person, piece in zip(participants, fresh, strict=True):
                tasks.create_task(piece.bring_in(sealers[person], slots, progress))

    async def _participants(self, pieces: Sequence["_Piece"]) -> list[UUID]:
        numbers = [piece.row.person.ni_number for piece in pieces if piece.row.person.ni_number]
        known = dict(zip(numbers, await self.keyring.identify(IndexKind.NI_NUMBER, numbers), strict=True))
        return [known.get(piece.row.person.ni_number or "", piece.newcomer) for piece in pieces]

    def digest(self, *words: object) -> bytes:
        """Return a keyed digest of what a row says."""
        return hmac.digest(self.hash_key, json.dumps(words, default=str).encode(), "sha256")

    def beginning_of(self, day: date) -> datetime:
        """Return the first moment of a day where the programme is."""
        return datetime.combine(day, time.min, self.calendar.timezone)


class _Piece:
    """One row on its way to become one referral; `settled` when it has been counted."""

    def __init__(self, means: Import, ask: Ask, destination: Destination, row: ReferralRow, now: datetime) -> None:
        place = (destination.provider_id, destination.programme_id)
        self.key = "import:" + means.digest(*place, row.identity).hex()
        self.newcomer = uuid5(NAMESPACE, self.key + ":participant")
        self.row = row
        self.settled = False
        content = means.digest(*place, row.content)
        self._ask = replace(ask, key=self.key, fingerprint=content)
        self._means, self._destination, self._now = means, destination, now

    def settle_if_answered(self, answered: Mapping[str, bytes], progress: Progress) -> bool:
        """Count the row, and return True, when it came before."""
        fingerprint = answered.get(self.key)
        if fingerprint == self._ask.fingerprint:
            progress.repeated += 1
            self.settled = True
        elif fingerprint is not None:
            self._refuse(progress, "reference", OTHER_DETAILS)
        return self.settled

    async def bring_in(self, sealer: Sealer, slots: asyncio.Semaphore, progress: Progress) -> None:
        """Make the row a referral and count what became of it."""
        async with slots:
            try:
                answer = await self._means.store.execute(self._ask, lambda session: self._save(session, sealer))
            except ClaimTakenError:
                self._refuse(progress, "", OPEN_ALREADY)
            except KeyReusedError:
                self._refuse(progress, "reference", OTHER_DETAILS)
            else:
                self._count(answer, progress)

    def _count(self, answer: Answer, progress: Progress) -> None:
        progress.added += not answer.repeated
        progress.repeated += answer.repeated
        self.settled = True

    def _refuse(self, progress: Progress, column: str, reason: str) -> None:
        progress.refused.append(RowError(self.row.row, column, reason))
        self.settled = True

    async def _save(self, session: Session, sealer: Sealer) -> Answer:
        submission = self._submission()
        if self.row.accepted_on is None:
            referral = await held_if_known(self._means.store, self._means.keyring, submission, sealer)
            return await save_new(session, referral)
        # Whoever was accepted before is somebody whom the provider knows: there is nothing left to look at.
        referral = Referral.submit(submission.referral_id, submitted_fact(sealer, submission))
        accepted_at = self._means.beginning_of(self.row.accepted_on)
        referral.acknowledge(accepted_at)
        referral.assess(accepted_at)
        referral.accept(self._destination.coaches.get(self.row.coach or ""), accepted_at)
        return await save_new(session, referral)

    def _submission(self) -> Submission:
        day = self.row.referred_on or self.row.accepted_on
        submitted_at = self._means.beginning_of(day) if day else self._now
        return Submission(
            referral_id=uuid5(NAMESPACE, self.key),
            newcomer=self.newcomer,
            person=self.row.person,
            programme_id=self._destination.programme_id,
            provider_id=self._destination.provider_id,
            referrer_id=self._destination.referrer_id,
            submitted_at=submitted_at,
            acknowledge_by=self._means.calendar.after(submitted_at, self._means.acknowledge_within),
        )
