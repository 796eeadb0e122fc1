"""Facts told by the keyring."""

from events.fact import Fact


class PersonErased(Fact, type_name="waymark.keyring.PersonErased.v1"):
    """A person's keys were destroyed: nothing sealed with them can be opened again. The subject is the person."""
