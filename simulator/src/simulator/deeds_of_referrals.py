"""What happens to a referral, by the commands of the referrals service."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chassis.ask import Answer, Ask
from chassis.store import Session
from events.meeting import MeetingChannel
from events.referrals import DidNotStartReason, RejectionReason, WithdrawnBy
from referrals.commands import ReferralCommand, Words
from referrals.referral import Referral
from referrals.submission import Submission, index_entries, save_new, submitted_fact
from simulator.calendar import CALENDAR, LONDON
from simulator.context import Asked, Context, Doing
from simulator.people import details_of

ACKNOWLEDGED_WITHIN: Final = 2


def submit(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Send a person to a programme."""
    person, place = context.person, context.person.place
    submission = Submission(
        referral_id=person.referral,
        newcomer=person.participant,
        person=details_of(person),
        programme_id=place.programme,
        provider_id=place.provider,
        referrer_id=place.referrer,
        submitted_at=at,
        acknowledge_by=CALENDAR.after(at, ACKNOWLEDGED_WITHIN),
    )

    async def work(session: Session) -> Answer:
        sealer = await context.keyring.sealer(person.participant)
        await context.keyring.index(index_entries(person.participant, submission.person))
        return await save_new(session, Referral.submit(person.referral, submitted_fact(sealer, submission)))

    return context.asked("referrals", "referrer", work)


def acknowledge(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Confirm that a referral arrived."""
    return _asked(context, lambda command: command.acknowledge(at))


def assess(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Begin the assessment."""
    return _asked(context, lambda command: command.assess(at))


def accept(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Take the person on."""
    return _asked(context, lambda command: command.accept(context.person.place.coach, at))


def reject(context: Context, at: datetime, said: Mapping[str, Any]) -> Asked:
    """Turn the person down."""
    return _asked(context, lambda command: command.reject(RejectionReason(said["reason"]), _no_words(context), at))


def withdraw(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Take the referral back."""
    return _asked(context, lambda command: command.withdraw(WithdrawnBy.PARTICIPANT, _no_words(context), at))


def arrange_handover(context: Context, at: datetime, said: Mapping[str, Any]) -> Asked:
    """Arrange the meeting of three."""
    channel = MeetingChannel(said["channel"])
    return _asked(context, lambda command: command.arrange_handover(said["meets_at"], channel, at))


def hold_handover(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Tell that the three met."""
    return _asked(context, lambda command: command.hold_handover(at))


def book_first_meeting(context: Context, at: datetime, said: Mapping[str, Any]) -> Asked:
    """Book the first meeting."""
    place = Words(context.keyring, "The programme's office, first floor")
    channel = MeetingChannel.IN_PERSON
    return _asked(context, lambda command: command.book_meeting(said["meets_at"], channel, place, at))


def hold_first_meeting(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Tell that person and coach met."""
    return _asked(context, lambda command: command.hold_meeting(at))


def miss_first_meeting(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Tell that the person failed to attend."""
    return _asked(context, lambda command: command.miss_meeting(at))


def start(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Put the person on the programme."""
    return _asked(context, lambda command: command.start(at.astimezone(LONDON).date(), at))


def not_start(context: Context, at: datetime, _said: Mapping[str, Any]) -> Asked:
    """Settle that the person does not start."""
    reason = DidNotStartReason.DID_NOT_ATTEND
    return _asked(context, lambda command: command.not_start(reason, _no_words(context), at))


DEEDS: Final[Mapping[str, Doing]] = {
    one.__name__: one
    for one in (
        submit, acknowledge, assess, accept, reject, withdraw, arrange_handover, hold_handover, book_first_meeting,
        hold_first_meeting, miss_first_meeting, start, not_start,
    )
}  # fmt: skip


def _asked(context: Context, give: Any) -> Asked:
    def run(store: Any, ask: Ask) -> Any:
        return give(ReferralCommand(store, ask, context.person.referral, lambda _referral: None))

    return Asked("referrals", "coach", run)


def _no_words(context: Context) -> Words:
    return Words(context.keyring, None)
