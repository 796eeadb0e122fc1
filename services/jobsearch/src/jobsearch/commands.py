"""What one may ask of the jobsearch service: load, decide, save. Time and ids come in from outside."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.ask import Answer, Ask
from chassis.store import Session, Store
from events.jobsearch import Vacancy
from jobsearch.vacancy import Listing

CREATED: Final = 201


async def offer_vacancy(store: Store, ask: Ask, vacancy_id: UUID, vacancy: Vacancy, now: datetime) -> Answer:
    """Bring one vacancy to market, or revise the one that is there. The market is nobody's: no tenant sees less."""

    async def work(session: Session) -> Answer:
        listing = (await session.load_many(Listing, [vacancy_id])).get(vacancy_id)
        if listing is None:
            listing = Listing.advertise(vacancy_id, vacancy, now)
        else:
            listing.revise(vacancy, now)
        return await session.save(listing, status=CREATED, ids={"vacancy": str(vacancy_id)})

    return await store.execute(replace(ask, tenant=None), work)
