"""Bringing the vacancies of a file to market: several hundred in a transaction, and only what differs.

What is so already is no fact, so an import that breaks off, at any moment, is begun again.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from chassis.ask import Answer, Ask
from chassis.store import ConflictError, Session, Store
from events.envelope import MARKET
from events.jobsearch import Vacancy
from jobsearch.vacancy import Listing

AT_ONCE: Final = 400
PAUSES_SECONDS: Final = (0.2, 1, 4, 15, None)
TRANSIENT: Final = (ConflictError, OperationalError, PoolTimeout)

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Progress:
    """How far an import is: every vacancy of the file ends as added, revised or unchanged."""

    added: int = 0
    revised: int = 0
    unchanged: int = 0
    withdrawn: int = 0

    @property
    def done(self) -> int:
        """How many vacancies of the file have been dealt with."""
        return self.added + self.revised + self.unchanged


class Import:
    """The means of an import; one runs at a time in a process, and two processes resolve what they both write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._one_at_a_time = asyncio.Lock()

    async def bring_in(  # noqa: PLR0913  (whose vacancies, when, and how far)
        self, ask: Ask, feed: str, vacancies: Mapping[UUID, Vacancy], now: datetime, progress: Progress, *, whole: bool
    ) -> None:
        """Bring vacancies of a feed in and count them in `progress`; `whole` withdraws what the feed no longer has.

        What is away for a while is waited for. Raises what stays.
        """
        ask = replace(ask, tenant=None, key=None)
        async with self._one_at_a_time:
            for batch in _batches(vacancies.items()):
                await self._patiently(ask, _Offer(dict(batch), now), progress)
            if whole:
                known = await self._store.ids_told_on(MARKET)
                for ids in _batches(id_ for id_ in known if id_ not in vacancies):
                    await self._patiently(ask, _Withdrawal(ids, feed, now), progress)

    async def _patiently(self, ask: Ask, step: "_Offer | _Withdrawal", progress: Progress) -> None:
        for pause in PAUSES_SECONDS:
            counted = Progress()
            try:
                await self._store.execute(ask, partial(step, counted=counted))
            except TRANSIENT as away:
                if pause is None:
                    raise
                log.warning("an import waits for %g s: %s", pause, type(away).__name__)
                await asyncio.sleep(pause)
            else:
                _add(progress, counted)
                return


@dataclass(frozen=True, slots=True)
class _Offer:
    vacancies: Mapping[UUID, Vacancy]
    now: datetime

    async def __call__(self, session: Session, counted: Progress) -> Answer:
        known = await session.load_many(Listing, list(self.vacancies))
        changed = [self._settled(id_, vacancy, known.get(id_), counted) for id_, vacancy in self.vacancies.items()]
        return await session.save(*filter(None, changed))

    def _settled(self, id_: UUID, vacancy: Vacancy, listing: Listing | None, counted: Progress) -> Listing | None:
        if listing is None:
            counted.added += 1
            return Listing.advertise(id_, vacancy, self.now)
        was_live = listing.live
        listing.revise(vacancy, self.now)
        if not listing.pending_events:
            counted.unchanged += 1
            return None
        counted.revised += was_live
        counted.added += not was_live
        return listing


@dataclass(frozen=True, slots=True)
class _Withdrawal:
    ids: Sequence[UUID]
    feed: str
    now: datetime

    async def __call__(self, session: Session, counted: Progress) -> Answer:
        known = await session.load_many(Listing, self.ids)
        gone = [listing for listing in known.values() if listing.live and listing.feed == self.feed]
        for listing in gone:
            listing.withdraw(self.now)
        counted.withdrawn += len(gone)
        return await session.save(*gone)


def _add(progress: Progress, counted: Progress) -> None:
    progress.added += counted.added
    progress.revised += counted.revised
    progress.unchanged += counted.unchanged
    progress.withdrawn += counted.withdrawn


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
