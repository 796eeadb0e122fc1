"""Next steps of the search for work: offers, interviews, applications, the profile, courses and new jobs."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from caseload.moment import Now, counted, written
from caseload.next_step.step import Button, Step, StepRules
from caseload.standing import ApplicationState, OpenApplication, Standing
from caseload.today.rules import day_of_interview
from events.wishes import MissingWish, limiting

UNFINISHED: Final = frozenset({ApplicationState.SAVED, ApplicationState.INTERESTED, ApplicationState.PREPARING})
UNANSWERED: Final = frozenset({ApplicationState.SENT, ApplicationState.ACKNOWLEDGED})
NOT_FOUND: Final = "Without it we cannot find jobs that fit you."
TOO_MANY: Final = "Then jobs with other hours are left out."
WISHES: Final[Mapping[MissingWish, Step]] = {
    MissingWish.WORK: Step(10, "Say what work you want.", NOT_FOUND, 3, Button.TELL_WISHES, "work"),
    MissingWish.PLACE: Step(10, "Say where you want to work.", NOT_FOUND, 3, Button.TELL_WISHES, "town"),
    MissingWish.CV: Step(10, "Write your CV.", "Most employers ask for one.", 30, Button.WRITE_CV, "cv"),
    MissingWish.HOURS: Step(10, "Say how many hours you want to work.", TOO_MANY, 2, Button.TELL_WISHES, "hours"),
}


def offer(standing: Standing, now: Now, rules: StepRules) -> Iterator[Step]:
    """Rule 2: an offer waits for an answer. Once its day has passed, who has no work is asked about it for a while."""
    found = [
        (one.answer_by or now.day_of(one.at) + timedelta(days=365), id_, one)
        for id_, one in standing.search.open_applications.items()
        if one.state is ApplicationState.OFFERED
    ]
    for day, id_, one in sorted(found, key=lambda pair: pair[:2]):
        if day < now.today:
            if day >= now.plus(-rules.overdue_days) and not standing.works(now.today):
                why = f"You were to answer by {written(day)}."
                yield Step(2, "Say what became of your job offer.", why, 5, Button.ANSWER_OFFER, id_, one, day)
            continue
        by = f" by {now.named(one.answer_by)}" if one.answer_by else ""
        why = f"The employer offered you the job {now.ago(one.at)}."
        yield Step(2, f"Answer your job offer{by}.", why, 15, Button.ANSWER_OFFER, id_, one, one.answer_by)


def prepare_interview(standing: Standing, now: Now, rules: StepRules) -> Iterator[Step]:
    """Rule 4: an interview is near and unprepared."""
    interviews = standing.search.open_interviews.items()
    days = [(day, id_, one) for id_, one in interviews if not one.prepared and (day := day_of_interview(one, now))]
    for day, id_, interview in sorted(days, key=lambda one: one[:2]):
        if now.today <= day <= now.plus(rules.interview_days):
            why = f"It is {now.ahead(day)}. Who prepares is calmer, and is chosen more often."
            yield Step(4, "Prepare for your interview.", why, 30, Button.PREPARE, id_, interview, day)


def finish_application(standing: Standing, now: Now, rules: StepRules) -> Iterator[Step]:
    """Rule 8: an application is unfinished, and its vacancy closes soon."""
    found = [
        (one.closes_on, id_, one)
        for id_, one in standing.search.open_applications.items()
        if one.state in UNFINISHED and one.closes_on and now.today <= one.closes_on <= now.plus(rules.closing_days)
    ]
    for closes_on, id_, one in sorted(found, key=lambda pair: pair[:2]):
        why = f"The job closes {now.ahead(closes_on)}; you kept it {now.ago(one.at)}."
        yield Step(8, "Finish your application.", why, 40, Button.FINISH_APPLICATION, id_, one, closes_on)


def chase(standing: Standing, now: Now, rules: StepRules) -> Iterator[Step]:
    """Rule 9: an employer has not answered: ask once, then let it rest; let it rest when nobody can be asked."""
    long_ago = now.plus(-rules.answer_days)
    waiting = [
        (_waits_since(one), id_, one)
        for id_, one in standing.search.open_applications.items()
        if one.state in UNANSWERED and now.day_of(_waits_since(one)) <= long_ago
    ]
    for since, id_, one in sorted(waiting, key=lambda pair: pair[:2]):
        why = f"The last word was {now.ago(since)}, and no answer came since."
        if one.reachable and not one.chased:
            sentence = "Ask what became of your application. We wrote a text that you can use."
            yield Step(9, sentence, why, 5, Button.CHASE, id_, one)
        else:
            yield Step(9, "Note that an employer did not answer.", why, 1, Button.MARK_SILENT, id_, one)


def profile(standing: Standing, _now: Now, _rules: StepRules) -> Iterator[Step]:
    """Rule 10: something is missing that limits the search, what limits it most first."""
    cv = () if standing.search.cv is None else (MissingWish.CV,)
    yield from (WISHES[wish] for wish in limiting((*standing.search.wishes, *cv)))


def course(standing: Standing, now: Now, _rules: StepRules) -> Iterator[Step]:
    """Rule 11: a course is nearly done."""
    for name, enrolment in sorted(standing.person.enrolments.items()):
        left = enrolment.lessons - len(enrolment.done)
        if enrolment.done and left <= 1:
            what = "One lesson and the quiz are left" if left else "Only the quiz is left"
            why = f"{what} of the course that you began {now.ago(enrolment.at)}."
            yield Step(11, "Finish your course.", why, 20, Button.GO_ON_LEARNING, name, enrolment)


def look_at_jobs(fitting: int, rules: StepRules) -> Iterator[Step]:
    """Rule 12: new jobs fit."""
    if fitting:
        number = min(fitting, rules.jobs)
        sentence = f"Look at {counted(number, 'new job')} that may fit you."
        yield Step(12, sentence, "You have not looked for jobs since they came in.", 10, Button.SEE_JOBS)


def _waits_since(application: OpenApplication) -> datetime:
    return max(application.at, application.chased.at) if application.chased else application.at
