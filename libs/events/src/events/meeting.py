"""How people meet: words that several services use."""

from enum import StrEnum


class MeetingChannel(StrEnum):
    """How a meeting takes place."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
