"""Keys are made once, found by whoever may ask, and destroyed for good."""

import asyncio
from uuid import UUID, uuid4

import pytest
from psycopg.errors import RaiseException

from chassis.ask import Ask
from chassis.store import Store
from events.keyring import IndexKind, PersonErased
from events.sealed import KeyOf
from keyring.blind_index import NotIndexableError
from keyring.commands import Indexed, PersonKey, erase, find_keys, identify, index, make_keys, search
from keyring.ring import Ring

from .conftest import NOW

ASK = Ask(actor="operator:1", correlation_id="c")
NI_NUMBERS = [f"QQ{number:06}A" for number in range(200)]


async def make_key(ring: Ring, person: UUID) -> PersonKey:
    [key] = await make_keys(ring, [person], KeyOf.PARTICIPANT, NOW)
    return key


async def indexed(ring: Ring, **words: str) -> UUID:
    person = uuid4()
    await make_key(ring, person)
    await index(ring, [Indexed(person, IndexKind(kind), value) for kind, value in words.items()])
    return person


async def test_a_person_has_one_key_for_ever(ring: Ring) -> None:
    person = uuid4()

    made = await make_key(ring, person)

    assert made.secret is not None
    assert len(made.secret) == 32
    assert await make_key(ring, person) == made
    assert await find_keys(ring, [person]) == [made]


async def test_makers_at_the_same_instant_get_the_same_key(ring: Ring) -> None:
    persons = [uuid4() for _ in range(20)]

    made = await asyncio.gather(*(make_keys(ring, persons, KeyOf.PARTICIPANT, NOW) for _ in range(8)))

    assert all(sorted(keys) == sorted(made[0]) for keys in made)
    assert len({key.secret for key in made[0]}) == 20


async def test_a_person_without_a_key_is_left_out(ring: Ring) -> None:
    assert await find_keys(ring, [uuid4()]) == []


async def test_erasing_destroys_the_key_under_every_alias_and_tells_it_on_each_journey(
    ring: Ring, store: Store
) -> None:
    person, alias, other = uuid4(), uuid4(), uuid4()
    kept = await make_keys(ring, [person, alias, other], KeyOf.PARTICIPANT, NOW)

    assert sorted(await erase(ring, store, ASK, [person, alias], NOW)) == sorted([person, alias])

    found = {key.person: key.secret for key in await find_keys(ring, [person, alias, other])}
    assert found == {person: None, alias: None, other: next(key.secret for key in kept if key.person == other)}
    assert await told(ring) == {(person, person, PersonErased.type_name), (alias, alias, PersonErased.type_name)}


async def test_an_erased_person_never_gets_a_key_again(ring: Ring, store: Store) -> None:
    person = uuid4()
    await make_key(ring, person)
    await erase(ring, store, ASK, [person], NOW)

    assert (await make_key(ring, person)).secret is None


async def test_a_person_erased_before_their_first_key_never_gets_one(ring: Ring, store: Store) -> None:
    person = uuid4()
    await erase(ring, store, ASK, [person], NOW)

    assert (await make_key(ring, person)).secret is None


@pytest.mark.parametrize(
    "resurrection", ["update data_key set wrapped = 'x', erased_at = null", "delete from data_key"]
)
async def test_the_database_itself_keeps_tombstones(ring: Ring, store: Store, resurrection: str) -> None:
    await erase(ring, store, ASK, [uuid4()], NOW)

    async with ring.pool.connection() as connection:
        with pytest.raises(RaiseException, match="stays erased"):
            await connection.execute(resurrection.encode())


async def test_erasing_again_tells_nothing(ring: Ring, store: Store) -> None:
    person = uuid4()
    await make_key(ring, person)

    answers = await asyncio.gather(*(erase(ring, store, ASK, [person], NOW) for _ in range(4)))

    assert sorted(answers) == [[], [], [], [person]]
    assert len(await told(ring)) == 1


async def test_nothing_is_erased_when_it_cannot_be_told(ring: Ring, store: Store) -> None:
    person = uuid4()
    made = await make_key(ring, person)
    unstorable = Ask(actor="operator:\0", correlation_id="c")

    with pytest.raises(Exception, match=r"NUL|0x00"):
        await erase(ring, store, unstorable, [person], NOW)

    assert await find_keys(ring, [person]) == [made]
    assert await told(ring) == set()


async def test_one_ni_number_is_one_person_however_it_is_written(ring: Ring) -> None:
    [person] = await identify(ring, IndexKind.NI_NUMBER, ["QQ 12 34 56 C"], NOW)

    again = await identify(ring, IndexKind.NI_NUMBER, ["qq123456c", "QQ123456", "QQ123457C"], NOW)

    assert again[:2] == [person, person]
    assert again[2] != person
    assert all(key.secret for key in await find_keys(ring, again))


async def test_the_same_ni_numbers_identified_at_the_same_instant_are_the_same_persons(ring: Ring) -> None:
    orders = (NI_NUMBERS, NI_NUMBERS[::-1]) * 3

    answers = await asyncio.gather(*(identify(ring, IndexKind.NI_NUMBER, order, NOW) for order in orders))

    persons = [dict(zip(order, found, strict=True)) for order, found in zip(orders, answers, strict=True)]
    assert all(found == persons[0] for found in persons)
    assert len(set(persons[0].values())) == len(NI_NUMBERS)


async def test_the_ni_number_of_an_erased_person_leads_to_a_new_one(ring: Ring, store: Store) -> None:
    [person] = await identify(ring, IndexKind.NI_NUMBER, ["QQ123456C"], NOW)
    await erase(ring, store, ASK, [person], NOW)

    [newcomer] = await identify(ring, IndexKind.NI_NUMBER, ["QQ123456C"], NOW)

    assert newcomer != person


async def test_what_is_no_ni_number_is_refused_without_being_told(ring: Ring) -> None:
    with pytest.raises(NotIndexableError) as refused:
        await identify(ring, IndexKind.NI_NUMBER, ["marmalade"], NOW)

    assert "marmalade" not in str(refused.value)


async def test_a_person_is_found_by_any_of_their_words_and_only_by_all_that_are_asked(ring: Ring) -> None:
    sean = await indexed(ring, name="Seán O'Brien-Walsh", email="Sean@Example.com", phone="+44 (0)7700 900123")
    ann = await indexed(ring, name="Ann Walsh", postcode="ls1 4ap", date_of_birth="1990-02-28")

    assert await search(ring, [(IndexKind.NAME, "SEAN OBRIEN")]) == [sean]
    assert set(await search(ring, [(IndexKind.NAME, "walsh")])) == {sean, ann}
    assert await search(ring, [(IndexKind.NAME, "walsh"), (IndexKind.POSTCODE, "LS14AP")]) == [ann]
    assert await search(ring, [(IndexKind.PHONE, "07700900123"), (IndexKind.EMAIL, "sean@example.com ")]) == [sean]
    assert await search(ring, [(IndexKind.NAME, "sean"), (IndexKind.POSTCODE, "LS1 4AP")]) == []


async def test_what_nobody_can_be_found_by_finds_nobody(ring: Ring) -> None:
    await indexed(ring, name="Ada Lovelace")

    assert await search(ring, [(IndexKind.NAME, "Ada"), (IndexKind.PHONE, "none")]) == []


async def test_an_erased_person_is_found_by_nothing(ring: Ring, store: Store) -> None:
    person = await indexed(ring, name="Ada Lovelace", email="ada@example.com")
    await erase(ring, store, ASK, [person], NOW)

    await index(ring, [Indexed(person, IndexKind.NAME, "Ada Lovelace")])

    assert await search(ring, [(IndexKind.NAME, "Ada")]) == []
    assert await search(ring, [(IndexKind.EMAIL, "ada@example.com")]) == []


async def test_indexing_waits_for_an_erasure_that_is_under_way_and_leaves_no_entry(ring: Ring) -> None:
    person = uuid4()
    await make_key(ring, person)
    erasing = "update data_key set wrapped = null, erased_at = now() where person = %s"
    async with ring.pool.connection() as connection:
        async with connection.transaction():
            await connection.execute(erasing, [person])
            indexing = asyncio.ensure_future(index(ring, [Indexed(person, IndexKind.NAME, "Ada Lovelace")]))
            _, waiting = await asyncio.wait([indexing], timeout=0.3)
        await indexing

    assert waiting
    assert await search(ring, [(IndexKind.NAME, "Ada")]) == []


async def told(ring: Ring) -> set[tuple[UUID, UUID, str]]:
    async with ring.pool.connection() as connection:
        cursor = await connection.execute("select originator_id, subject, topic from stored_events")
        return {(row[0], row[1], row[2]) for row in await cursor.fetchall()}
