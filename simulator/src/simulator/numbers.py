"""The numbers that a simulated programme lives by, each with where it comes from. A test holds the outcome to them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """How a number is known."""

    KNOWN = "known"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Number:
    """A number, where it comes from, and whether that is a source or an assumption."""

    value: float
    source: str
    status: Status = Status.KNOWN


@dataclass(frozen=True, slots=True)
class Numbers:
    """All of them. Shares are of one; those of a person's own life are drawn around them."""

    start_mandatory: Number = Number(0.85, "DWP, Restart evaluation 2023")
    start_voluntary: Number = Number(0.62, "IPES guide figures")
    first_meeting_missed: Number = Number(0.25, "assumed", Status.ASSUMED)
    missed_come_later: Number = Number(0.50, "assumed", Status.ASSUMED)
    appointment_missed: Number = Number(0.17, "NAO 2006", Status.ASSUMED)
    appointment_late: Number = Number(0.10, "assumed", Status.ASSUMED)
    appointment_cancelled: Number = Number(0.08, "assumed", Status.ASSUMED)
    applications_a_week: Number = Number(1.5, "assumed, so that first earnings can hold", Status.ASSUMED)
    active_weeks: Number = Number(0.35, "assumed, so that first earnings can hold", Status.ASSUMED)
    never_answered: Number = Number(0.45, "Indeed UK poll")
    invited: Number = Number(0.10, "Jobvite, 8 to 12 %")
    invited_brokered: Number = Number(0.30, "assumed", Status.ASSUMED)
    offered: Number = Number(0.25, "assumed; Jobvite has 17 %", Status.ASSUMED)
    offer_accepted: Number = Number(0.88, "Jobvite")
    first_earnings: Number = Number(0.42, "DWP, April 2023, at 12 months")
    outcome: Number = Number(0.25, "DWP, April 2023, at 12 months")
    in_work_at_13_weeks: Number = Number(0.75, "assumed, near New Deal figures", Status.ASSUMED)
    in_work_at_26_weeks: Number = Number(0.60, "assumed, near New Deal figures", Status.ASSUMED)


NUMBERS: Final = Numbers()
