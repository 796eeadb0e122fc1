"""Facts told by the keyring, and the kinds of words that it finds persons by."""

from enum import StrEnum

from events.fact import Fact


class IndexKind(StrEnum):
    """What a person can be found by. One NI number belongs to one person; the others may be shared."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    DATE_OF_BIRTH = "date_of_birth"
    NI_NUMBER = "ni_number"


class PersonErased(Fact, type_name="waymark.keyring.PersonErased.v1"):
    """A person's keys were destroyed: nothing sealed with them can be opened again. The subject is the person."""
