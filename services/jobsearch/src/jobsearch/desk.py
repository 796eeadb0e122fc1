"""What every route works with."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from chassis.clock import Clock
from chassis.database import Pool
from chassis.keyring import Keyring
from chassis.store import Store
from jobsearch.uploads import Uploads
from jobsearch.vacancy_import import Import


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`."""

    store: Store
    pool: Pool
    keyring: Keyring
    zone: ZoneInfo
    clock: Clock
    uploads: Uploads
    importing: Import
    unanswered_days: int

    def today(self) -> date:
        """Return the day that it is where the programme is."""
        return self.clock().astimezone(self.zone).date()


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
