"""What a coach is shown of today: lines with their reasons, today's diary, and who is on course."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from caseload.cover import Cover
from caseload.diary import DiaryEntry, diary_of, of_days, words_of
from caseload.moment import WEEK, Now
from caseload.news import Changes, Learned, changes_of
from caseload.next_step.choice import NextStep, PutOff
from caseload.next_step.step import Button
from caseload.opened import Plain
from caseload.standing import Standing
from caseload.today.fixed import Fixed, next_fixed
from caseload.today.queue import Line, OnCourse, Today
from caseload.today.reason import Deed, Reason
from chassis.keyring import Keyring
from events.caseload import Channel, ContactNeed

SAFETY: Final = 1
"""The rule whose reason says itself that there is a safety concern."""
CONCERN: Final = "There is a safety concern."
ERASED = "Null once the person's data is erased."
Names = Mapping[UUID, str | None]


class Why(BaseModel):
    """A reason to look at a person: its rule, the sentence, the fact that it rests on and when that happened."""

    rule: int = Field(ge=1, le=9, examples=[4])
    sentence: str = Field(examples=["1 message without a reply, the first written 2 days ago."])
    fact: str
    at: datetime
    deed: Deed = Field(description="The one likely thing to do about it.")
    deadline: date
    words: str | None = Field(
        description="What was agreed, where it is about that; null once it is erased, and for who can wait, too."
    )
    about: UUID | None = Field(
        description="The action, appointment or safety concern that the deed settles, or the referral of a meeting."
    )
    version: int | None = Field(description="What the deed's command on it expects in If-Match, where it expects one.")

    @classmethod
    def of(cls, reason: Reason, words: Plain) -> Self:
        """Return a reason as it is shown, with those of its words that are opened."""
        return cls(
            rule=reason.rule,
            sentence=reason.sentence,
            fact=reason.fact,
            at=reason.at,
            deed=reason.deed,
            deadline=reason.deadline,
            words=words.get(reason.words) if reason.words else None,
            about=reason.about,
            version=reason.version,
        )


class LastContact(BaseModel):
    """The latest human contact."""

    at: datetime
    channel: Channel


class FixedDate(BaseModel):
    """The next fixed date of a person; `at` where it has a time of day."""

    on: date
    at: datetime | None
    what: str = Field(examples=["Interview"])

    @classmethod
    def of(cls, fixed: Fixed | None) -> Self | None:
        """Return a fixed date as it is shown."""
        return cls(on=fixed.on, at=fixed.at, what=fixed.what) if fixed else None


class CoverShown(BaseModel):
    """Who stands in for the coach, now or from a day to come."""

    coach_id: UUID
    first_day: date
    last_day: date

    @classmethod
    def of(cls, cover: Cover | None, now: Now) -> Self | None:
        """Return a cover as it is shown, None once it is over."""
        if cover is None or cover.ends_at <= now.moment:
            return None
        last = now.day_of(cover.ends_at) - timedelta(days=1)
        return cls(coach_id=cover.coach_id, first_day=now.day_of(cover.begins_at), last_day=last)


class Identity(BaseModel):
    """Who it is, in one bar: the week of the programme, needs and warnings, the latest contact, the next date."""

    participant_id: UUID
    case_id: UUID
    version: int = Field(description="What a command on the case expects in If-Match.")
    name: str | None = Field(description=ERASED, examples=["Ada Lovelace"])
    coach_id: UUID | None = Field(description="In the day of another coach: for whom that one stands in.")
    cover: CoverShown | None
    week: int | None = Field(description="The week of the programme, from 1 on; null before the start.", examples=[7])
    weeks: int | None = Field(description="How many weeks the programme has.", examples=[52])
    contact_needs: tuple[ContactNeed, ...]
    warnings: list[str] = Field(examples=[["The e-mail address takes no mail."]])
    last_contact: LastContact | None
    next_date: FixedDate | None


class TodayLine(Identity):
    """A person who needs the coach: the reason that decides, and the further ones."""

    reason: Why
    more: list[Why]


class OnCourseLine(BaseModel):
    """A person who needs nothing today, and when somebody looks again."""

    participant_id: UUID
    case_id: UUID
    coach_id: UUID | None
    name: str | None
    next_look: date
    why: str = Field(examples=["A contact falls due."])


class Numbers(BaseModel):
    """The caseload in three numbers."""

    people: int
    in_work: int
    standards_at_risk: int


class TodayPage(BaseModel):
    """A coach's day."""

    today: date
    shown: list[TodayLine] = Field(description="At most 12; two places go to those longest without human contact.")
    can_wait: list[TodayLine]
    on_course: list[OnCourseLine]
    next_look: date | None = Field(description="When the next of those on course is looked at.")
    diary: list[DiaryEntry]
    numbers: Numbers
    changes: Changes


class StepPutOff(BaseModel):
    """A step that the person set aside, and the day on which it comes back."""

    step: str = Field(description="Names the step when it is taken up again.", examples=["10.cv"])
    sentence: str = Field(examples=["Write your CV."])
    about: str | None
    until: date = Field(description="The first day on which it is shown again.")

    @classmethod
    def of(cls, one: PutOff) -> Self:
        """Return a step that was set aside as it is shown."""
        about = None if one.step.about is None else str(one.step.about)
        return cls(step=one.step.code, sentence=one.step.sentence, about=about, until=one.until)


class ShownStep(BaseModel):
    """The one next step, as the person's Home shows it."""

    step: str = Field(description="Names the step when it is set aside.", examples=["10.cv"])
    rule: int = Field(ge=1, le=13)
    sentence: str = Field(examples=["Write your CV."])
    why: str
    minutes: int
    button: Button
    about: str | None = Field(description="The id of what it is about.")
    due: date | None
    refused_at: datetime | None = Field(
        description="An employer said no at this time, in the last 48 hours: acknowledge that first."
    )
    put_off: list[StepPutOff] = Field(description="What there is to do that the person set aside.")

    @classmethod
    def of(cls, chosen: NextStep) -> Self:
        """Return a step as it is shown."""
        step = chosen.step
        return cls(
            step=step.code,
            rule=step.rule,
            sentence=step.sentence,
            why=step.why,
            minutes=step.minutes,
            button=step.button,
            about=None if step.about is None else str(step.about),
            due=step.due,
            refused_at=chosen.refused.at if chosen.refused else None,
            put_off=[StepPutOff.of(one) for one in chosen.put_off],
        )


async def today_page(keyring: Keyring, today: Today, learned: Learned, now: Now) -> TodayPage:
    """Open the names of a coach's day and what was promised to whom it shows first, and tell what is new in it."""
    lines, on_course = (*today.shown, *today.can_wait), today.on_course
    everybody = [*(line.standing for line in lines), *(one.standing for one in on_course)]
    booked, _ = of_days(everybody, (now.today, now.today), now)
    sealed = [standing.person.name for standing in everybody]
    agreed = [reason.words for line in today.shown for reason in (line.reason, *line.more) if reason.words]
    opened = await keyring.open_many([*sealed, *agreed, *words_of(booked)])
    words = dict(zip(agreed, opened[len(sealed) :], strict=False))
    names = {one.case.participant_id: name for one, name in zip(everybody, opened, strict=False)}
    return TodayPage(
        today=now.today,
        shown=[_line(line, names, words, now) for line in today.shown],
        can_wait=[_line(line, names, words, now) for line in today.can_wait],
        on_course=[_on_course(one, names) for one in on_course],
        next_look=on_course[0].look.on if on_course else None,
        diary=diary_of(booked, names, opened[len(sealed) + len(agreed) :]),
        numbers=_numbers(everybody, now),
        changes=changes_of(learned, names, now),
    )


def identity(standing: Standing, name: str | None, now: Now) -> Identity:
    """Return a person's bar."""
    case, contact = standing.case, standing.last_contact
    return Identity(
        participant_id=case.participant_id,
        case_id=case.case_id,
        version=case.version,
        name=name,
        coach_id=case.coach_id,
        cover=CoverShown.of(case.cover, now),
        week=week_of(case.start_date, case.ends_on, now.today),
        weeks=weeks_of(case.start_date, case.ends_on),
        contact_needs=case.contact_needs,
        warnings=warnings(standing, now),
        last_contact=LastContact(at=contact.at, channel=contact.channel) if contact else None,
        next_date=FixedDate.of(next_fixed(standing, now)),
    )


def warnings(standing: Standing, now: Now) -> list[str]:
    """Return what somebody has to know who gets in touch."""
    found = []
    if standing.case.concerns:
        found.append(CONCERN)
    if standing.person.address_fails:
        found.append("The e-mail address takes no mail.")
    if standing.case.rests(now.today):
        until = standing.case.pause.until if standing.case.pause else None
        found.append(f"The case rests until {now.named(until)}." if until else "The case rests.")
    return found


def weeks_of(start: date | None, end: date | None) -> int | None:
    """Return how many weeks a programme has: a year of 365 days has 52."""
    return None if start is None or end is None else max(1, round((end - start).days / WEEK))


def week_of(start: date | None, end: date | None, day: date) -> int | None:
    """Return the week of a programme that a day lies in, None before its start; days beyond are of its last week."""
    if start is None or day < start:
        return None
    week, weeks = (day - start).days // WEEK + 1, weeks_of(start, end)
    return week if weeks is None else min(week, weeks)


def _line(line: Line, names: Names, words: Plain, now: Now) -> TodayLine:
    bar = identity(line.standing, names[line.id], now)
    if line.reason.rule == SAFETY:
        bar = bar.model_copy(update={"warnings": [one for one in bar.warnings if one != CONCERN]})
    reason, *more = (Why.of(reason, words) for reason in (line.reason, *line.more))
    return TodayLine(**vars(bar), reason=reason, more=more)


def _on_course(one: OnCourse, names: Names) -> OnCourseLine:
    case = one.standing.case
    return OnCourseLine(
        participant_id=case.participant_id,
        case_id=case.case_id,
        coach_id=case.coach_id,
        name=names[case.participant_id],
        next_look=one.look.on,
        why=one.look.why,
    )


def _numbers(everybody: Sequence[Standing], now: Now) -> Numbers:
    return Numbers(
        people=len(everybody),
        in_work=sum(standing.works(now.today) for standing in everybody),
        standards_at_risk=sum(
            any(now.today >= running.warn_on for running in standing.plan.standards.values()) for standing in everybody
        ),
    )
