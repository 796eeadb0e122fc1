"""What to write to an employer who has not answered: a draft in plain English, made of what is known."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What is known of an application that nobody answers."""

    title: str | None
    employer: str | None
    sent_on: date
    interviewed_on: date | None = None
    chased_on: date | None = None


def draft(known: Unanswered) -> str:
    """Return a short, friendly message that asks where the application stands; the person adds their name."""
    return "\n\n".join((_greeting(known), _what_happened(known), _question(known), "Kind regards"))


def _greeting(known: Unanswered) -> str:
    return f"Dear {known.employer} team," if known.employer else "Hello,"


def _what_happened(known: Unanswered) -> str:
    job = f"the {known.title} job" if known.title else "the job that you advertised"
    if known.interviewed_on:
        return f"Thank you for meeting me on {_day(known.interviewed_on)} about {job}. I enjoyed our talk."
    again = f" I also wrote to you on {_day(known.chased_on)}." if known.chased_on else ""
    return f"I applied for {job} on {_day(known.sent_on)}.{again}"


def _question(known: Unanswered) -> str:
    wait = (
        "Have you decided yet?"
        if known.interviewed_on
        else "Could you tell me whether you have had time to look at it?"
    )
    return f"I am still very interested. {wait} If you need anything else from me, please let me know."


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
