"""Personal data as a fact may hold it: sealed with the key of one person.

The text is `sealed:1:<key id>:<person>:<fact>:<field>:<nonce and ciphertext, base64url>`. All before the last colon is
the associated data of AES-256-GCM, so a value opens for no other person, fact or field than it was sealed for.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final, Self, get_args
from uuid import UUID

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

PATTERN: Final = (
    r"^sealed:1:[0-9a-f-]{36}:[0-9a-f-]{36}:waymark\.[a-z]+\.[A-Za-z]+\.v[1-9][0-9]*:[a-z_]+:[A-Za-z0-9_-]+={0,2}$"
)
_SHAPE: Final = re.compile(PATTERN)


class Sealed(str):
    """A sealed text. Only the keyring's client makes one from plain text, and opens it."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Take a sealed text. Raises ValueError for any other."""
        if not _SHAPE.fullmatch(text):
            message = "not a sealed text"
            raise ValueError(message)
        return super().__new__(cls, text)

    @classmethod
    def trusted(cls, text: str) -> Self:
        """Take a text whose shape was checked before, as one read from a view."""
        return str.__new__(cls, text)

    @property
    def key_id(self) -> UUID:
        """The data key that opens this text."""
        return UUID(self.split(":", 3)[2])

    @property
    def person(self) -> UUID:
        """Whose key that is."""
        return UUID(self.split(":", 4)[3])

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls.trusted, core_schema.str_schema(pattern=PATTERN))

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "sealed", "pattern": PATTERN}


class KeyOf(StrEnum):
    """Whose key seals a field."""

    PARTICIPANT = "participant"
    STAFF = "staff"
    CONTACT = "contact"


OfParticipant = Annotated[Sealed, KeyOf.PARTICIPANT]
OfStaff = Annotated[Sealed, KeyOf.STAFF]
OfContact = Annotated[Sealed, KeyOf.CONTACT]


def sealed_fields(model: type[BaseModel]) -> dict[str, KeyOf]:
    """Return the sealed fields of a fact class, optional ones too, each with whose key seals it."""
    marks = {name: [*field.metadata, *_parts(field.annotation)] for name, field in model.model_fields.items()}
    return {name: mark for name, found in marks.items() for mark in found if isinstance(mark, KeyOf)}


def _parts(annotation: object) -> Iterator[object]:
    for part in get_args(annotation):
        yield part
        yield from _parts(part)
