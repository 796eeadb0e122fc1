"""What one may ask of a profile. Each command raises the errors of `chassis.store`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import NotFoundError, Session, StaleVersionError
from events.jobsearch import Contract, JobWishesTold, PayPeriod, profile_of
from events.sealed import Sealed
from jobsearch.profile import Profile


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person looks for, in plain words; what they do not care about is None."""

    work: str | None
    town: int | None
    miles: int | None
    hours_least: float | None
    hours_most: float | None
    pay_least: float | None
    pay_period: PayPeriod | None
    contracts: Sequence[Contract]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose profile it is, and which version of it was seen: 0 for one that there is not yet."""

    participant_id: UUID
    provider_id: UUID
    expected: int


async def tell_wishes(session: Session, keyring: Keyring, whose: Whose, wishes: Wishes, now: datetime) -> Answer:
    """Take a person's wishes; the same again are no news."""
    profile = await _known(session, whose)
    actual = profile.version if profile else 0
    if whose.expected != actual:
        raise StaleVersionError(whose.expected, actual)
    earlier = profile.told.work if profile and profile.told else None
    (opened,) = await keyring.open_many([earlier])
    told = JobWishesTold(
        occurred_at=now,
        participant_id=whose.participant_id,
        provider_id=whose.provider_id,
        work=await _sealed(keyring, whose.participant_id, wishes.work),
        town=wishes.town,
        miles=wishes.miles,
        hours_least=wishes.hours_least,
        hours_most=wishes.hours_most,
        pay_least=wishes.pay_least,
        pay_period=wishes.pay_period,
        contracts=tuple(wishes.contracts),
    )
    if profile is None:
        profile = Profile.begin(profile_of(whose.participant_id), told)
    else:
        profile.tell(told, same_words=opened == wishes.work)
    return await session.save(profile, ids={"profile": str(profile.id)})


async def _known(session: Session, whose: Whose) -> Profile | None:
    try:
        return await session.load(Profile, profile_of(whose.participant_id))
    except NotFoundError:
        return None


async def _sealed(keyring: Keyring, person: UUID, work: str | None) -> Sealed | None:
    return None if work is None else (await keyring.sealer(person)).seal(JobWishesTold, "work", work)
