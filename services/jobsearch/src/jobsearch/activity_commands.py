"""What one may ask to be noted of a person on the market. Each command raises the errors of `chassis.store`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.ask import Answer
from chassis.keyring import Keyring, KeyringAwayError
from chassis.store import NotFoundError, Session
from events.jobsearch import JobSearchMade, VacanciesShown, VacancyDismissed, VacancyOpened, dismissal_of
from events.sealed import Sealed
from jobsearch.activity import Dismissal, JobSearch, Opening

CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Searched:
    """A search that a person made, or a coach for them: what was asked, and what it showed from which rank on."""

    search_id: UUID
    participant_id: UUID
    provider_id: UUID
    words: str
    town: int | None
    miles: int | None
    hits: int
    ranker: str
    first_rank: int
    vacancy_ids: Sequence[UUID]


async def note_search(session: Session, keyring: Keyring, searched: Searched, now: datetime) -> Answer:
    """Note a search; without its words where the keyring is away, because nobody waits for it in a search."""
    made = JobSearchMade(
        occurred_at=now,
        participant_id=searched.participant_id,
        provider_id=searched.provider_id,
        words=await _sealed(keyring, searched),
        town=searched.town,
        miles=searched.miles,
        hits=searched.hits,
    )
    return await _show(session, JobSearch.begin(searched.search_id, made), searched, now)


async def note_further_page(session: Session, searched: Searched, now: datetime) -> Answer:
    """Note what a further page of a person's search showed. Raises NotFoundError for somebody else's search."""
    search = await session.load(JobSearch, searched.search_id)
    if search.subject != searched.participant_id:
        raise NotFoundError
    return await _show(session, search, searched, now)


async def note_opening(session: Session, opening_id: UUID, opened: VacancyOpened) -> Answer:
    """Note that a person opened a vacancy."""
    return await session.save(Opening.begin(opening_id, opened), status=CREATED)


async def note_dismissal(session: Session, dismissed: VacancyDismissed) -> Answer:
    """Note what a person says against a vacancy."""
    dismissal_id = dismissal_of(dismissed.participant_id, dismissed.vacancy_id)
    try:
        dismissal = await session.load(Dismissal, dismissal_id)
    except NotFoundError:
        dismissal = Dismissal.begin(dismissal_id, dismissed)
    else:
        dismissal.say(dismissed)
    return await session.save(dismissal, status=CREATED)


async def _show(session: Session, search: JobSearch, searched: Searched, now: datetime) -> Answer:
    search.show(
        VacanciesShown(
            occurred_at=now,
            ranker=searched.ranker,
            first_rank=searched.first_rank,
            vacancy_ids=tuple(searched.vacancy_ids),
        )
    )
    return await session.save(search, status=CREATED, ids={"search": str(search.id)})


async def _sealed(keyring: Keyring, searched: Searched) -> Sealed | None:
    if not searched.words:
        return None
    try:
        sealer = await keyring.sealer(searched.participant_id)
    except KeyringAwayError:
        return None
    return sealer.seal(JobSearchMade, "words", searched.words)
