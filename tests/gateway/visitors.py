"""Everybody who may come to a route or a page, by role and by what a person is to them."""

from typing import Final
from uuid import UUID, uuid4

from chassis.identity import Actor
from tests.gateway.running import Person

STAFF: Final = ("coach", "team_leader", "provider_manager")
LEADERS: Final = STAFF[1:]
OUTSIDERS: Final = ("analyst", "operator", "auditor")
JOBSEEKERS: Final = ("the person themselves", "another person of the provider")
VISITORS: Final = (
    *JOBSEEKERS,
    "coach of the person",
    "another coach of the provider",
    *(f"{role} of the provider" for role in LEADERS),
    *(f"{role} elsewhere" for role in STAFF),
    "who referred the person",
    *OUTSIDERS,
)


def actor_of(visitor: str, person: Person) -> Actor:
    """Return a visitor."""
    known = {
        "the person themselves": person.actor,
        "another person of the provider": Actor(uuid4(), "jobseeker", person.provider.id),
        "coach of the person": person.coach,
        "another coach of the provider": person.provider.actor("coach"),
        "who referred the person": person.referrer,
    }
    role, _, where = visitor.partition(" ")
    place = person.provider.id if where == "of the provider" else _nowhere(role)
    return known.get(visitor) or Actor(uuid4(), role, place)


def _nowhere(role: str) -> UUID | None:
    return uuid4() if role in STAFF else None
