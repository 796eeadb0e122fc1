"""What a team leader is shown: load and continuity by coach, who has no coach, and the standards that near."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from caseload.today_page import ERASED
from caseload.views.team import Load, Nearing
from chassis.keyring import Keyring
from events.caseload import Standard

# The caseload item of the IPS-25 fidelity scale: up to so many people give so many points, more give one.
IPS_POINTS: Final = ((20, 5), (25, 4), (30, 3), (40, 2))


class CoachLoad(BaseModel):
    """A coach's caseload."""

    coach_id: UUID
    people: int
    awaiting_start: int
    resting: int
    in_work: int
    standards_at_risk: int
    appointments: int = Field(description="In the next seven days: what is to be covered when the coach is away.")
    with_first_coach: int = Field(description="How many have had no other coach before.")
    continuity: float = Field(ge=0, le=1, description="Their share.")
    ips_score: int = Field(ge=1, le=5, description="The caseload score of the IPS-25 scale.")

    @classmethod
    def of(cls, load: Load, coach: UUID) -> Self:
        """Return a load as it is shown."""
        return cls(
            coach_id=coach,
            people=load.people,
            awaiting_start=load.awaiting_start,
            resting=load.resting,
            in_work=load.in_work,
            standards_at_risk=load.standards_at_risk,
            appointments=load.appointments,
            with_first_coach=load.with_first_coach,
            continuity=round(load.with_first_coach / load.people, 3),
            ips_score=ips_score(load.people),
        )


class NearingStandard(BaseModel):
    """A service standard that is breached unless somebody acts by its day."""

    participant_id: UUID
    case_id: UUID
    coach_id: UUID | None
    name: str | None = Field(description=ERASED)
    standard: Standard
    due: date


class TeamPage(BaseModel):
    """A provider's team."""

    today: date
    coaches: list[CoachLoad]
    unassigned: int
    nearing: list[NearingStandard] = Field(description="Breached within seven days unless somebody acts, at most 200.")


def ips_score(people: int) -> int:
    """Return the caseload score of the IPS-25 scale for so many people of one coach."""
    return next((points for most, points in IPS_POINTS if people <= most), 1)


async def team_page(keyring: Keyring, found: Sequence[Load], near: Sequence[Nearing], today: date) -> TeamPage:
    """Open the names on a team's page."""
    names = await keyring.open_many([one.name for one in near])
    return TeamPage(
        today=today,
        coaches=[CoachLoad.of(load, load.coach_id) for load in found if load.coach_id],
        unassigned=sum(load.people for load in found if load.coach_id is None),
        nearing=[_nearing(one, name) for one, name in zip(near, names, strict=True)],
    )


def _nearing(one: Nearing, name: str | None) -> NearingStandard:
    return NearingStandard(
        participant_id=one.participant_id,
        case_id=one.case_id,
        coach_id=one.coach_id,
        name=name,
        standard=one.standard,
        due=one.due,
    )
