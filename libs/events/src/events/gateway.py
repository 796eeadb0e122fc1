"""Facts told by the gateway on the access topic: who looked at whose record. Never mixed into the journey."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from events.fact import Fact
from events.published import Code

Role = Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]


class Refused(StrEnum):
    """Why a record was not opened."""

    NOT_FOUND = "not_found"
    NOT_PERMITTED = "not_permitted"


class RecordOpened(Fact, type_name="waymark.gateway.RecordOpened.v1"):
    """Somebody opened a person's record."""

    participant_id: UUID
    reader_id: UUID
    role: Role
    what: Code
    """Which part of the record: the name of the route."""


class RecordRefused(Fact, type_name="waymark.gateway.RecordRefused.v1"):
    """Somebody asked for a record that they may not see, or that is not there."""

    participant_id: UUID
    reader_id: UUID
    role: Role
    what: Code
    reason: Refused


class RecordsListed(Fact, type_name="waymark.gateway.RecordsListed.v1"):
    """Somebody read a list of people."""

    reader_id: UUID
    role: Role
    what: Code
    count: Annotated[int, Field(ge=0)]
