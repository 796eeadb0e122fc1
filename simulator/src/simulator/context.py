"""What a deed is done with, and what it comes to: a command of one service, asked by somebody in a role."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from caseload.programme_rules import Terms
from chassis.ask import Answer, Ask
from chassis.keyring import Keyring
from chassis.store import Session, Store
from events.caseload import case_of
from simulator.deed import Person

Run = Callable[[Store, Ask], Awaitable[Answer]]
Work = Callable[[Session], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A command of a service, and the role of who gives it."""

    service: str
    role: str
    run: Run


@dataclass(frozen=True, slots=True)
class Context:
    """Whose deed it is, the keys for their words, and the rules of their programme."""

    person: Person
    keyring: Keyring
    terms: Terms

    @property
    def case_id(self) -> UUID:
        """The person's case."""
        return case_of(self.person.referral)

    def asked(self, service: str, role: str, work: Work) -> Asked:
        """Return a command that is run through a service's store."""
        return Asked(service, role, lambda store, ask: store.execute(ask, work))

    def asking(self, role: str) -> UUID:
        """Return who asks in a role."""
        place = self.person.place
        return {"coach": place.coach, "referrer": place.referrer, "jobseeker": self.person.participant}[role]


Doing = Callable[[Context, datetime, Mapping[str, Any]], Asked]
