"""Rule 8 of Today: a person is stuck. A human contact since it became so clears it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from caseload.case_status import Status
from caseload.moment import Now
from caseload.standing import Noted, OpenAction, Standing, latest
from caseload.today.reason import Deed, Reason, TodayRules
from events.caseload import ActionOwner


def stuck(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    """Rule 8: no agreed action, applications or interviews that lead nowhere, an old overdue action, or silence."""
    case = standing.case
    if case.status(now.today) is not Status.ACTIVE:
        return
    yield from _long_overdue(standing, now, rules)
    if standing.works(now.today):
        return
    yield from _without_action(standing, now, rules)
    yield from _applications(standing, now, rules)
    yield from _interviews(standing, now, rules)
    yield from _silent(standing, now, rules)


def is_the_persons(action: OpenAction) -> bool:
    """Whether an action is the person's and under way."""
    return action.owner is ActionOwner.PARTICIPANT and action.is_under_way


def silent_since(standing: Standing) -> Noted | None:
    """Return what was last heard of the person: something of theirs, a contact, or the start."""
    heard: tuple[Noted | None, ...] = (standing.last_active, standing.last_contact, standing.case.started)
    return latest(noted for noted in heard if noted)


def _long_overdue(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    for action in standing.plan.actions.values():
        day = action.due + timedelta(days=rules.overdue)
        if is_the_persons(action) and day <= now.today and not standing.touched_since(now.beginning_of(day)):
            sentence = f"An action was due {now.named(action.due)}; it was agreed {now.ago(action.at)}."
            reason = Reason.of(8, sentence, action.fell_due or action, Deed.REVIEW_ACTION, day)
            yield replace(reason, words=action.words)


def _without_action(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    case = standing.case
    if standing.plan.first_agreed or not case.start_date or not case.started:
        return
    day = case.start_date + timedelta(days=rules.without_action)
    if day <= now.today and not standing.touched_since(now.beginning_of(day)):
        sentence = f"No action was agreed since the start {now.named(case.start_date)}."
        yield Reason.of(8, sentence, case.started, Deed.AGREE_ACTION, day)


def _applications(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    begin = now.beginning_of(now.plus(-rules.applications_days))
    sent = [noted for noted in standing.search.sent if noted.at >= begin]
    invited = [noted for noted in standing.search.invited if noted.at >= begin]
    if len(sent) < rules.applications or invited:
        return
    enough = sent[rules.applications - 1]
    if not standing.touched_since(enough.at):
        sentence = (
            f"{len(sent)} applications in {rules.applications_days} days and no interview, "
            f"the last sent {now.ago(sent[-1].at)}: CV or targets?"
        )
        yield Reason.of(8, sentence, enough, Deed.REVIEW_CV, now.day_of(enough.at))


def _interviews(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    offered = standing.search.offered
    held = [noted for noted in standing.search.held if not offered or noted.at > offered.at]
    if len(held) < rules.interviews:
        return
    enough = held[rules.interviews - 1]
    if not standing.touched_since(enough.at):
        sentence = f"{len(held)} interviews and no offer, the last held {now.ago(held[-1].at)}: practise interviews?"
        yield Reason.of(8, sentence, enough, Deed.PRACTISE_INTERVIEW, now.day_of(enough.at))


def _silent(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    heard = silent_since(standing)
    if heard is None:
        return
    day = now.day_of(heard.at) + timedelta(days=rules.silent)
    if day <= now.today:
        yield Reason.of(8, f"The last news of the person was {now.ago(heard.at)}.", heard, Deed.CONTACT, day)
