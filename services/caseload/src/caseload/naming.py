"""What a fact is about, in the words by which that was first told: an action, an application, a job, an employer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID

from caseload.sentences import label
from caseload.step_names import about_of
from caseload.views.timeline import TimelineRow
from events.caseload import ActionAgreed, ActionSuggested, JobRecorded, NextStepSetAside, NextStepTakenUp
from events.fact import Fact, read
from events.jobsearch import ApplicationSaved, EmployerTargeted
from events.sealed import Sealed

NAMED_BY: Final[Mapping[type[Fact], tuple[str, ...]]] = {
    ActionSuggested: ("what",),
    ActionAgreed: ("what",),
    ApplicationSaved: ("title", "employer"),
    JobRecorded: ("title", "employer"),
    EmployerTargeted: ("name",),
}
NAMING: Final = tuple(fact.type_name for fact in NAMED_BY)


@dataclass
class Names:
    """The names of what facts are about, sealed, each with its label."""

    things: dict[UUID, Mapping[str, Sealed]] = field(default_factory=dict)

    @classmethod
    def among(cls, rows: Iterable[TimelineRow]) -> Self:
        """Return the names that the facts of a journey give."""
        found = cls()
        for row in rows:
            if row.type_name in NAMING:
                fact = read(row.type_name, row.fact.encode())
                found.things[_thing(row.id, fact)] = _name(fact)
        return found

    def of(self, id: str, fact: Fact) -> Mapping[str, Sealed]:  # noqa: A002  (as facts call it)
        """Return the name of what a fact of this id is about, nothing where it has none."""
        return self.things.get(_thing(id, fact), {})


def _thing(id: str, fact: Fact) -> UUID:  # noqa: A002
    """Return what a fact is about: one action of a case, what a step is about, otherwise the whole aggregate."""
    aggregate, _, _ = id.rpartition(":")
    step = about_of(fact.step) if isinstance(fact, NextStepSetAside | NextStepTakenUp) else None
    return getattr(fact, "action_id", None) or step or UUID(aggregate)


def _name(fact: Fact) -> Mapping[str, Sealed]:
    words = {label(name): getattr(fact, name) for name in NAMED_BY[type(fact)]}
    return {name: text for name, text in words.items() if text is not None}
