"""What pages are made with; main.py puts it into the application's state as `web`."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor
from chassis.operations import Operations
from gateway.services import Services
from gateway.sessions import Sessions
from gateway.ways import Ways


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom one can be in a demonstration."""

    code: str
    name: str
    what: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class WebDesk:
    """`personas` are those of a demonstration and empty elsewhere.

    `staff`, `providers` and `programmes` are names by ids.
    """

    pool: Pool
    services: Services
    sessions: Sessions
    ways: Ways
    operations: Operations
    zone: ZoneInfo
    clock: Clock
    demo: bool
    traces: str
    dashboards: str
    personas: tuple[Persona, ...]
    staff: Mapping[UUID, str]
    coaches_by_provider: Mapping[UUID, tuple[UUID, ...]]
    providers: Mapping[UUID, str]
    programmes: Mapping[UUID, str]

    @property
    def staff_names(self) -> dict[str, str]:
        """The names of staff by their ids as services write them."""
        return {str(id_): name for id_, name in self.staff.items()}

    def coaches(self, provider: UUID | None) -> dict[UUID, str]:
        """Return the coaches of a provider with their names."""
        ids = self.coaches_by_provider.get(provider, ()) if provider else ()
        return {coach: self.staff.get(coach, str(coach)) for coach in ids}
