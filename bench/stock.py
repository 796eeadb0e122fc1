"""The peer: the eventsourcing library as it comes, with its stock recorder, transcoder and style of aggregate."""

from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict


class StockCase(Aggregate):
    """A case as the library's documentation would write it."""

    class Opened(Aggregate.Created):
        """A case was opened."""

        participant_id: UUID
        provider_id: UUID
        programme_id: UUID
        referral_id: UUID

    @event(Opened)
    def __init__(self, participant_id: UUID, provider_id: UUID, programme_id: UUID, referral_id: UUID) -> None:
        self.participant_id = participant_id
        self.provider_id = provider_id
        self.programme_id = programme_id
        self.referral_id = referral_id
        self.contacts = 0

    @event("ContactRecorded")
    def record_contact(self, channel: str, coach_id: UUID) -> None:
        """Record a contact."""
        self.contacts += 1
        self.last_channel, self.last_coach = channel, coach_id

    @event("CoachAssigned")
    def assign_coach(self, coach_id: UUID) -> None:
        """Make a coach responsible."""
        self.coach = coach_id


def stock_case() -> StockCase:
    """Return a new case."""
    return StockCase(UUID(int=31), UUID(int=11), UUID(int=12), UUID(int=13))


def stock_application(dsn: str, pool_size: int = 17, **variables: str) -> Application[UUID]:
    """Return the library's application on a database of its own; `variables` are further settings of the library."""
    parts = conninfo_to_dict(dsn)
    environment: dict[str, Any] = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts["dbname"],
        "POSTGRES_HOST": parts["host"],
        "POSTGRES_PORT": str(parts["port"]),
        "POSTGRES_USER": parts["user"],
        "POSTGRES_PASSWORD": "none",
        "POSTGRES_POOL_SIZE": str(pool_size),
        "POSTGRES_IDLE_IN_TRANSACTION_SESSION_TIMEOUT": "30",
        **variables,
    }
    return Application(environment)
