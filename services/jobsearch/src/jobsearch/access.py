"""Who may do what in the jobsearch service. PostgreSQL's row-level security is the second wall behind this one."""

from enum import StrEnum
from typing import Final

from chassis.identity import Actor

COACH: Final = "coach"
JOBSEEKER: Final = "jobseeker"
LEADERS: Final = frozenset({"team_leader", "provider_manager"})
STAFF: Final = LEADERS | {COACH}


class Deed(StrEnum):
    """What can be done with the market, which is nobody's."""

    IMPORT = "bring in vacancies"
    SEARCH = "search the vacancies"
    READ = "read a vacancy"


_BY_ROLE: Final = {
    JOBSEEKER: frozenset({Deed.SEARCH, Deed.READ}),
    COACH: frozenset({Deed.SEARCH, Deed.READ}),
    "team_leader": frozenset({Deed.SEARCH, Deed.READ}),
    "provider_manager": frozenset({Deed.SEARCH, Deed.READ, Deed.IMPORT}),
    "operator": frozenset({Deed.READ, Deed.IMPORT}),
}


class NotPermittedError(PermissionError):
    """The actor is known and may not do this."""


def require(actor: Actor, deed: Deed) -> None:
    """Raise NotPermittedError unless the actor's role may do this with the market."""
    if deed not in _BY_ROLE.get(actor.role, ()):
        message = f"a {actor.role} may not {deed}"
        raise NotPermittedError(message)
