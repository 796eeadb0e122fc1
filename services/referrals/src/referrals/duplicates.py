"""Whether a person who is referred seems to be known already."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from chassis.database import ALL_TENANTS
from chassis.keyring import Keyring, Term
from chassis.store import Store
from events.keyring import IndexKind
from events.referrals import ReferralEnteredInError, ReferralSubmitted
from referrals.person_details import PersonDetails

LATEST: Final = """
select referred.subject, referred.originator_id from stored_events referred
where referred.subject = any(%(people)s) and referred.originator_version = 1 and referred.topic = %(submitted)s
and not exists (
    select from stored_events wrong
    where wrong.originator_id = referred.originator_id and wrong.topic = %(in_error)s
)
order by referred.notification_id desc limit 1
"""


class Known(NamedTuple):
    """Whom a person may be, and the latest referral of theirs."""

    participant_id: UUID
    referral_id: UUID


async def find_known(
    store: Store, keyring: Keyring, participant: UUID, provider: UUID, person: PersonDetails
) -> Known | None:
    """Return whom a new referral's person seems to be, None for somebody new.

    A participant who was referred before, to whomever, is known for certain. Else the same provider may know somebody
    of that name with the same date of birth or postcode: another provider's people are nobody's business.
    """
    certain = await _latest(store, [participant], None)
    if certain:
        return certain
    alike: set[UUID] = set()
    for terms in _likenesses(person):
        alike |= set((await keyring.search(terms)).persons)
    return await _latest(store, alike, provider) if alike else None


def _likenesses(person: PersonDetails) -> Iterator[Sequence[Term]]:
    name = Term(IndexKind.NAME, person.name)
    if person.date_of_birth:
        yield name, Term(IndexKind.DATE_OF_BIRTH, person.date_of_birth.isoformat())
    if person.postcode:
        yield name, Term(IndexKind.POSTCODE, person.postcode)


async def _latest(store: Store, people: Collection[UUID], provider: UUID | None) -> Known | None:
    """Return the latest referral of these people that this provider sees; None sees all."""
    scope = str(provider) if provider else ALL_TENANTS
    types = {"submitted": ReferralSubmitted.type_name, "in_error": ReferralEnteredInError.type_name}
    async with store.pool.connection() as connection, connection.transaction():
        await connection.execute("select set_config('waymark.tenant', %s, true)", [scope])
        row = await (await connection.execute(LATEST, {"people": list(people), **types})).fetchone()
    return Known(*row) if row else None
