"""What is asked of the service standards of a referral."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from caseload.case import Case, person_of
from caseload.commands.target import CREATED, Target, Wording
from caseload.programme_rules import PlanAnchor, Terms
from caseload.service_standards import NoSuchStandard, ServiceStandards, warning_day
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import NotFoundError, Session
from events.caseload import Standard, StandardExcused, StandardPromised, standards_of
from events.referrals import ParticipantStarted, ReferralSubmitted


async def promise(session: Session, terms: Terms, referral_id: UUID, submitted: ReferralSubmitted) -> Answer:
    """Let the clocks of a new referral run; its acknowledgement is due when the referral itself says."""
    promised = promises(terms, referral_id, submitted)
    return await session.save(ServiceStandards.promise(standards_of(referral_id), promised), status=CREATED)


def promises(terms: Terms, referral_id: UUID, submitted: ReferralSubmitted) -> Sequence[StandardPromised]:
    """Return what is promised for a referral on the day that it was sent."""
    day = submitted.occurred_at.astimezone(terms.zone).date()
    rules = terms.rules(submitted.programme_id, day)
    within = {Standard.ACKNOWLEDGE: rules.acknowledge_within, Standard.START: rules.start_within}
    if rules.plan_anchor is PlanAnchor.REFERRAL:
        within[Standard.PLAN] = rules.plan_within
    due = {standard: terms.calendar.add(day, days) for standard, days in within.items()}
    due[Standard.ACKNOWLEDGE] = submitted.acknowledge_by
    return [
        StandardPromised(
            occurred_at=submitted.occurred_at,
            standard=standard,
            participant_id=submitted.participant_id,
            provider_id=submitted.provider_id,
            programme_id=submitted.programme_id,
            referral_id=referral_id,
            warn_on=min(due[standard], terms.calendar.add(day, warning_day(days))),
            due=due[standard],
        )
        for standard, days in within.items()
    ]


async def note_start(session: Session, terms: Terms, referral_id: UUID, started: ParticipantStarted) -> Answer:
    """Note that the person started; where the programme counts from the start, the plan is promised now."""
    standards = await _of_referral(session, referral_id)
    standards.meet(Standard.START, started.occurred_at.astimezone(terms.zone).date(), started.occurred_at)
    rules = terms.rules(started.programme_id, started.start_date)
    if rules.plan_anchor is PlanAnchor.START:
        standards.add(_plan_promised(terms, standards, referral_id, started))
    return await session.save(standards)


async def meet(session: Session, terms: Terms, referral_id: UUID, standard: Standard, at: datetime) -> Answer:
    """Note that what was promised was done."""
    standards = await _of_referral(session, referral_id)
    standards.meet(standard, at.astimezone(terms.zone).date(), at)
    return await session.save(standards)


async def meet_plan(session: Session, terms: Terms, case_id: UUID, at: datetime) -> Answer:
    """Note that both agreed the plan of a case."""
    case = await session.load(Case, case_id)
    return await meet(session, terms, _referral_of(case), Standard.PLAN, at)


async def excuse_all(session: Session, referral_id: UUID, at: datetime) -> Answer:
    """Let nothing apply any longer that was promised for a referral which ended."""
    standards = await _of_referral(session, referral_id)
    standards.excuse_all(at)
    return await session.save(standards)


async def follow_case(session: Session, case_id: UUID, at: datetime) -> Answer:
    """Let nothing apply any longer that was promised for somebody who left; let it apply again if they did not."""
    case = await session.load(Case, case_id)
    standards = await _of_referral(session, _referral_of(case))
    if case.life.ended is None:
        standards.apply_again(at)
    else:
        standards.excuse_all(at)
    return await session.save(standards)


async def excuse(  # noqa: PLR0913  (which promise, why, and the moment)
    session: Session, target: Target, keyring: Keyring, standard: Standard, explanation: str, now: datetime
) -> Answer:
    """Excuse a promise with a reason."""
    case = await target.load(session)
    case.life.require_open()
    standards = await _of_referral(session, _referral_of(case))
    fields = {"occurred_at": now, "standard": standard, "explanation": explanation}
    sealed = Wording(StandardExcused, fields).sealed(await keyring.sealer(person_of(case)))
    standards.excuse(standard, sealed.explanation, now)
    return await session.save(standards)


async def take_excuse_back(session: Session, target: Target, standard: Standard, version: int, now: datetime) -> Answer:
    """Let a promise apply again that was excused; one that was kept meanwhile counts as kept."""
    case = await target.load(session)
    case.life.require_open()
    standards = await _of_referral(session, _referral_of(case))
    standards.take_excuse_back(standard, version, now)
    return await session.save(standards)


async def let_time_pass(session: Session, standards_id: UUID, decision: Callable[[ServiceStandards], None]) -> Answer:
    """Note that little time is left for a promise, or none."""
    standards = await session.load(ServiceStandards, standards_id)
    decision(standards)
    return await session.save(standards)


async def _of_referral(session: Session, referral_id: UUID) -> ServiceStandards:
    try:
        return await session.load(ServiceStandards, standards_of(referral_id))
    except NotFoundError:
        raise NoSuchStandard(str(NoSuchStandard.__doc__)) from None


def _plan_promised(
    terms: Terms, standards: ServiceStandards, referral_id: UUID, started: ParticipantStarted
) -> StandardPromised:
    rules = terms.rules(started.programme_id, started.start_date)
    due = terms.calendar.add(started.start_date, rules.plan_within)
    return StandardPromised(
        occurred_at=started.occurred_at,
        standard=Standard.PLAN,
        participant_id=standards.subject,
        provider_id=standards.tenant,
        programme_id=started.programme_id,
        referral_id=referral_id,
        warn_on=min(due, terms.calendar.add(started.start_date, warning_day(rules.plan_within))),
        due=due,
    )


def _referral_of(case: Case) -> UUID:
    assert case.referral_id
    return case.referral_id
