"""How the fields of facts are written in sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.clock import time_of_day
from events.caseload import ActionOwner, Channel, Standard
from events.fact import Fact
from events.meeting import MeetingChannel
from events.nudges import DeliveryChannel, NudgeKind, ServiceMessageKind

# By enumeration: members of different ones are equal when their texts are.
NAMED: Final[dict[type[StrEnum], dict[str, str]]] = {
    ActionOwner: {ActionOwner.PARTICIPANT: "the person", ActionOwner.COACH: "the coach"},
    Channel: {
        Channel.IN_PERSON: "met in person",
        Channel.PHONE: "spoke by phone",
        Channel.VIDEO: "spoke by video",
        Channel.MESSAGE: "exchanged messages",
        Channel.LETTER: "exchanged letters",
    },
    MeetingChannel: {MeetingChannel.PHONE: "by phone", MeetingChannel.VIDEO: "by video"},
    Standard: {
        Standard.ACKNOWLEDGE: "to acknowledge the referral",
        Standard.START: "to start",
        Standard.PLAN: "to agree the plan",
    },
    DeliveryChannel: {DeliveryChannel.EMAIL: "by e-mail", DeliveryChannel.INBOX: "in the inbox"},
    NudgeKind: {
        NudgeKind.AGREE_AN_ACTION: "agreeing a step",
        NudgeKind.CHASE_AN_APPLICATION: "asking after an application",
        NudgeKind.PREPARE_AN_INTERVIEW: "preparing an interview",
    },
    ServiceMessageKind: {
        ServiceMessageKind.APPOINTMENT_IN_A_WEEK: "the appointment in a week",
        ServiceMessageKind.APPOINTMENT_TOMORROW: "the appointment tomorrow",
        ServiceMessageKind.INTERVIEW_TOMORROW: "the interview tomorrow",
    },
}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a fact, each in words, for a text that names them."""

    fact: Fact
    zone: ZoneInfo

    def __getitem__(self, name: str) -> str:
        return in_words(getattr(self.fact, name), self.zone)


Wording = str | Callable[[Any, Fields], str]


def in_words(value: object, zone: ZoneInfo) -> str:
    """Return a field's value as a sentence has it."""
    match value:
        case datetime():
            there = value.astimezone(zone)
            return f"{in_words(there.date(), zone)} at {time_of_day(there)}"
        case date():
            return f"{value.day} {value:%B %Y}"
        case StrEnum():
            return NAMED.get(type(value), {}).get(value, value.replace("_", " "))
        case tuple():
            return ", ".join(in_words(one, zone) for one in value)
        case _:
            return str(value)


def says(text: str, fields: Fields) -> str:
    """Return a text with the fields that it names."""
    return text.format_map(fields)


def with_end(text: str, field: str, end: str) -> Wording:
    """Return a wording that goes on with `end` when the fact has a field."""
    return lambda fact, fields: says(text + (end if getattr(fact, field) is not None else ""), fields) + "."
