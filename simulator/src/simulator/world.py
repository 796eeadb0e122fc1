"""The services as a simulated person meets them: stores in memory, keys of a batch, policies that react at once."""

from collections import deque
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Final
from uuid import UUID, uuid5

from caseload.policies import policies as caseload_policies
from caseload.programme_rules import Terms
from chassis.aggregate import Refusal
from chassis.ask import Answer, Ask
from chassis.keyring import Entry, Keyring
from chassis.listen.policies import Heard, Policy
from chassis.listen.told import Told
from chassis.packing import Packer
from chassis.sealing import Sealer
from events.sealed import KeyOf, Sealed
from jobsearch.policies import POLICIES as JOBSEARCH_POLICIES
from simulator.calendar import Clock
from simulator.context import Context
from simulator.deed import Deed
from simulator.deeds_of_cases import DEEDS as OF_CASES
from simulator.deeds_of_jobs import DEEDS as OF_JOBS
from simulator.deeds_of_referrals import DEEDS as OF_REFERRALS
from simulator.deeds_of_searches import DEEDS as OF_SEARCHES
from simulator.memory import Decided, MemoryStore

SERVICES: Final = ("caseload", "jobsearch", "referrals")
"""In the order in which they are written: what follows from a fact is there before a running service hears the fact."""

DEEDS: Final = {**OF_REFERRALS, **OF_CASES, **OF_JOBS, **OF_SEARCHES}


class BatchKeyring(Keyring):
    """A keyring that was asked for the keys of a whole batch at once, and for each person's words only at the end."""

    def __init__(self, keyring: Keyring) -> None:
        """Hold nobody's key yet."""
        self._asked = keyring
        self._sealers: dict[UUID, Sealer] = {}
        self._entries: list[Entry] = []

    async def begin(self, persons: Iterable[UUID]) -> None:
        """Fetch the keys of some people, and forget those of others."""
        self._sealers = await self._asked.sealers(persons)

    async def finish(self) -> None:
        """Let people be found, and forget their keys."""
        await self._asked.index(self._entries)
        self._sealers, self._entries = {}, []

    async def sealer(self, person: UUID, _kind: KeyOf = KeyOf.PARTICIPANT, *, create: bool = True) -> Sealer:  # noqa: ARG002
        """Return what seals for one of the batch."""
        return self._sealers[person]

    async def index(self, entries: Iterable[Entry]) -> None:
        """Keep the words for when the batch is finished."""
        self._entries += entries

    async def open_many(self, sealed: Iterable[Sealed | None]) -> list[str | None]:
        """Return no words where there are none. Raises as the keyring does."""
        texts = list(sealed)
        return [None] * len(texts) if not any(texts) else await self._asked.open_many(texts)


@dataclass
class World:
    """All that deeds are done with."""

    clock: Clock
    keyring: BatchKeyring
    terms: Terms
    stores: dict[str, MemoryStore] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _heard: deque[Decided] = field(default_factory=deque)

    def __post_init__(self) -> None:
        reacting = {"caseload": caseload_policies(self.terms), "jobsearch": JOBSEARCH_POLICIES}
        self._reacts: dict[str, list[tuple[str, Policy]]] = {}
        for service, policies in reacting.items():
            for policy in (one for first in policies for one in first.by_fact.values()):
                self._reacts.setdefault(policy.fact.type_name, []).append((service, policy))

    def hear(self, decided: Decided) -> None:
        """Keep a fact for the policies that react to it, until the command is over."""
        if decided.row[2] in self._reacts:
            self._heard.append(decided)

    async def do(self, context: Context, deed: Deed) -> None:
        """Do a deed at its moment, and let the policies of every service react to what it brought about."""
        self.clock.now = deed.at
        asked = DEEDS[deed.name](context, deed.at, deed.words)
        actor = f"{asked.role}:{context.asking(asked.role)}"
        correlation = uuid5(context.person.referral, f"{deed.name} {deed.order}").hex
        ask = Ask(actor, correlation, tenant=context.person.place.provider)
        try:
            await asked.run(self.stores[asked.service], ask)
        except Refusal as refusal:
            self.refused.append(f"{deed.name}: {type(refusal).__name__}")
        await self.react()

    async def react(self) -> None:
        """Let policies react to what was decided, and to what they bring about."""
        while self._heard:
            decided = self._heard.popleft()
            told = told_of(decided)
            for service, policy in self._reacts[decided.row[2]]:
                heard = Heard(policy.name, told)
                await self._follow(service, policy.ask(told, ""), policy, heard)

    async def _follow(self, service: str, ask: Ask, policy: Policy, heard: Heard) -> None:
        """React as a running service does: a refusal is an answer, kept under the reaction's key."""
        store = self.stores[service]
        try:
            await store.execute(ask, lambda session: policy.reaction(heard, session))
        except Refusal as refusal:
            answer = Answer(409, refusal=refusal.reason, allowed=refusal.allowed)
            await store.execute(ask, lambda session: session.append([], answer))

    async def flush(self) -> int:
        """Write what was decided, in every service, and commit it together; return how many facts there were.

        The platform runs meanwhile: it would react to what one service tells before the reaction is in another.
        """
        async with AsyncExitStack() as stack:
            stores = [self.stores[service] for service in SERVICES]
            return sum([await stack.enter_async_context(store.flushing()) for store in stores])


def told_of(decided: Decided) -> Told:
    """Return a fact as a service will hear it, but for its place in the topic."""
    aggregate, version, type_name, state, occurred, subject, tenant, topic = decided.row
    ask = decided.ask
    words = (
        f"{aggregate}:{version}",
        type_name,
        occurred.isoformat(),
        decided.recorded_at.isoformat(),
        subject,
        tenant,
    )
    causes = (ask.correlation_id, ask.causation_id, ask.actor, None, None)
    around = [None if word is None else str(word).encode() for word in (*words, *causes)]
    key = str(subject).encode()
    headers = Packer(decided.source, {}).headers((0, topic, key, state, *around), 0, {})
    return Told(SimpleNamespace(topic=topic, partition=0, offset=0, key=key, headers=headers, value=state))
