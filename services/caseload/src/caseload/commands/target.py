"""What every command works on: the case that it is for, and facts whose words are still to be sealed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from caseload.case import Case, person_of
from chassis.ask import Answer
from chassis.keyring import Keyring, Sealer
from chassis.store import Session, StaleVersionError
from events.fact import Fact
from events.sealed import sealed_fields

OK: Final = 200
CREATED: Final = 201

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Target:
    """The case that a command is for; `permit` raises when who asks may not, `expected` is the version they saw."""

    case_id: UUID
    permit: Callable[[Case], None]
    expected: int | None = None

    async def load(self, session: Session) -> Case:
        """Return the case for who may change it; who may not is not told its version."""
        case = await session.load(Case, self.case_id)
        self.permit(case)
        if self.expected is not None and self.expected != case.version:
            raise StaleVersionError(self.expected, case.version)
        return case


@dataclass(frozen=True, slots=True)
class Wording(Generic[F]):
    """A fact to be, its personal words still in plain text."""

    fact: type[F]
    fields: Mapping[str, Any]

    def sealed(self, sealer: Sealer) -> F:
        """Return the fact, its personal words sealed with the person's key."""
        words = sealed_fields(self.fact)
        return self.fact(
            **{
                field: sealer.seal(self.fact, field, value) if field in words and value is not None else value
                for field, value in self.fields.items()
            }
        )


async def decide(session: Session, target: Target, decision: Callable[[Case], object]) -> Answer:
    """Let a case decide and store what follows."""
    case = await target.load(session)
    decision(case)
    return await session.save(case)


async def decide_in_words(  # noqa: PLR0913  (what is asked, by whom, in which words, and what it makes)
    session: Session,
    target: Target,
    keyring: Keyring,
    wording: Wording[F],
    decision: Callable[[Case, F], object],
    made: str = "",
) -> Answer:
    """Let a case decide on a fact in somebody's words, which are sealed first, and store what follows.

    `made` is what the fact brings about, such as `action`: the answer then names its id.
    """
    case = await target.load(session)
    decision(case, wording.sealed(await keyring.sealer(person_of(case))))
    ids = {made: str(wording.fields[f"{made}_id"])} if made else {}
    return await session.save(case, status=CREATED if made else OK, ids=ids)
