"""A search made by a person, or by a coach for one, is noted with what it showed; anybody else's is not."""

from uuid import UUID, uuid4

from chassis.ask import Answer, Ask
from chassis.identity import Actor
from chassis.store import Session
from jobsearch.access import JOBSEEKER
from jobsearch.activity_commands import Searched, note_further_page, note_search
from jobsearch.desk import Desk
from jobsearch.person_access import require_role
from jobsearch.person_desk import PersonalRequest
from jobsearch.search_forms import VacancyPage, VacancySearch


async def searching_for(desk: Desk, actor: Actor, ask: Ask, asked: VacancySearch) -> PersonalRequest | None:
    """Return for whom a search is made, None for nobody. Raises NotFoundError, NotPermittedError."""
    if asked.participant_id is None and (actor.role != JOBSEEKER or actor.tenant is None):
        return None
    request = PersonalRequest(desk, actor, ask, require_role(actor), desk.clock())
    await request.permit(_participant(request, asked))
    return request


async def noted(request: PersonalRequest | None, asked: VacancySearch, page: VacancyPage) -> VacancyPage:
    """Note a search that was made for somebody, and return its page with the id by which openings name it."""
    if request is None:
        return page
    town = page.place.towns[0].town if page.place and page.place.state == "found" else None
    searched = Searched(
        search_id=asked.search_id or uuid4(),
        participant_id=_participant(request, asked),
        provider_id=request.tenant,
        words=asked.words,
        town=town,
        miles=asked.miles if town else None,
        hits=page.total,
        ranker=page.ranker,
        first_rank=page.hits[0].rank if page.hits else 1,
        vacancy_ids=[hit.vacancy.id for hit in page.hits],
    )

    async def work(session: Session) -> Answer:
        if asked.search_id:
            return await note_further_page(session, searched, request.now)
        return await note_search(session, request.desk.keyring, searched, request.now)

    answer = await request.desk.store.execute(request.ask, work)
    return page.model_copy(update={"search_id": UUID(answer.ids["search"])})


def _participant(request: PersonalRequest, asked: VacancySearch) -> UUID:
    return asked.participant_id or request.actor.id
