"""What happens in a search for work, by the commands of the jobsearch service."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

from chassis.ask import Answer
from chassis.store import Session
from events.jobsearch import ApplicationEnd, ApplicationSent, Contract
from events.meeting import MeetingChannel
from jobsearch import application_commands as applications
from jobsearch.application import Application
from jobsearch.cv_commands import Owner
from jobsearch.cv_commands import write_cv as write_version
from jobsearch.places import gazetteer
from jobsearch.profile_commands import Whose, Wishes
from jobsearch.profile_commands import tell_wishes as take_wishes
from simulator.calendar import LONDON
from simulator.context import Asked, Context, Doing
from simulator.people import EMPLOYERS, HOURS, TOWNS, WORK, details_of, resume_of, words

Said = Mapping[str, Any]

MILES: Final = (5, 10, 15)
CONTRACTS: Final = ((), (), (Contract.PERMANENT,), (Contract.PERMANENT, Contract.TEMPORARY))
"""Most take any."""


def tell_wishes(context: Context, at: datetime, _said: Said) -> Asked:
    """Say what work is looked for, where, for how many hours and with which contract."""
    who = context.person
    (town, *_), (least, most) = gazetteer().find(words(who, TOWNS, "town")), words(who, HOURS, "hours")
    wishes = Wishes(
        work=words(who, WORK, "wishes").lower(),
        town=town.id,
        miles=words(who, MILES, "miles"),
        hours_least=least,
        hours_most=most,
        pay_least=None,
        pay_period=None,
        contracts=words(who, CONTRACTS, "contracts"),
    )
    whose = Whose(context.person.participant, context.person.place.provider, 0)
    return _search(context, lambda session: take_wishes(session, context.keyring, whose, wishes, at))


def write_cv(context: Context, at: datetime, _said: Said) -> Asked:
    """Type a CV."""
    owner = Owner(context.person.participant, context.person.place.provider)
    resume = resume_of(details_of(context.person).name, words(context.person, WORK, "wishes"))
    return _search(context, lambda session: write_version(session, context.keyring, owner, resume, at))


def save_job(context: Context, at: datetime, said: Said) -> Asked:
    """Keep a job in mind."""
    job = applications.FoundJob(
        participant_id=context.person.participant,
        provider_id=context.person.place.provider,
        title=words(context.person, WORK, f"title of {said['application']}"),
        employer=words(context.person, EMPLOYERS, f"employer of {said['application']}"),
        brokered=said["brokered"] or None,
    )
    return _search(
        context, lambda session: applications.save_job(session, context.keyring, job, said["application"], at)
    )


def send(context: Context, at: datetime, said: Said) -> Asked:
    """Send the application."""
    sent = ApplicationSent(occurred_at=at)
    return _apply(context, said, lambda session, one: applications.send(session, one, sent, at))


def chase(context: Context, at: datetime, said: Said) -> Asked:
    """Ask what became of it."""
    return _apply(context, said, applications.decide(lambda one: one.chase(at)))


def let_go_silent(context: Context, at: datetime, said: Said) -> Asked:
    """Close an application that nobody has answered since, as the timer does."""
    return _apply(context, said, applications.decide(lambda one: one.let_go_silent(said["since"], at)))


def turn_down(context: Context, at: datetime, said: Said) -> Asked:
    """Say no, as the employer did."""
    return _apply(context, said, applications.decide(lambda one: one.reject(ApplicationEnd.NOT_CHOSEN, at)))


def invite(context: Context, at: datetime, said: Said) -> Asked:
    """Note an invitation."""
    starts_at = said["starts_at"]
    day = starts_at.astimezone(LONDON).date()
    meeting = applications.Meeting(said["interview"], day, starts_at, MeetingChannel.IN_PERSON, None)
    return _apply(context, said, lambda session, one: applications.invite(session, one, context.keyring, meeting, at))


def prepare(context: Context, at: datetime, said: Said) -> Asked:
    """Prepare for an interview."""
    return _apply(context, said, applications.decide(lambda one: one.prepare(said["interview"], at)))


def hold_interview(context: Context, at: datetime, said: Said) -> Asked:
    """Note that the interview took place."""
    day = at.astimezone(LONDON).date()
    return _apply(context, said, applications.decide(lambda one: one.hold(said["interview"], at, day)))


def offer(context: Context, at: datetime, said: Said) -> Asked:
    """Note the offer."""
    return _apply(context, said, applications.decide(lambda one: one.offer(said["answer_by"], at)))


def accept_offer(context: Context, at: datetime, said: Said) -> Asked:
    """Take the job."""
    title = words(context.person, WORK, f"title of {said['application']}")
    employer = words(context.person, EMPLOYERS, f"employer of {said['application']}")
    job = applications.NewJob(said["starts_on"], title, employer, said["hours"], said["pay"])
    return _apply(context, said, lambda session, one: applications.accept(session, one, context.keyring, job, at))


def decline(context: Context, at: datetime, said: Said) -> Asked:
    """Do not take the job."""
    return _apply(context, said, applications.decide(lambda one: one.decline(at)))


DEEDS: Final[Mapping[str, Doing]] = {
    one.__name__: one
    for one in (
        tell_wishes, write_cv, save_job, send, chase, let_go_silent, turn_down, invite, prepare, hold_interview, offer,
        accept_offer, decline,
    )
}  # fmt: skip


def _search(context: Context, work: Callable[[Session], Awaitable[Answer]]) -> Asked:
    return context.asked("jobsearch", "jobseeker", work)


def _apply(context: Context, said: Said, do: Callable[[Session, Application], Awaitable[Answer]]) -> Asked:
    async def work(session: Session) -> Answer:
        return await do(session, await session.load(Application, said["application"]))

    return _search(context, work)
