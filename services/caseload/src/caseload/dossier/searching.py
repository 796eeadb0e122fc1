"""Reading a person's search for work into their file: applications, CV, target employers."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from caseload.dossier.entries import Application, Dossier, Target
from caseload.standing import ApplicationState
from chassis.listen.told import Told
from events import jobsearch as j
from events.fact import Fact

STATES: Final[Mapping[type[Fact], ApplicationState]] = {
    j.ApplicationInterestExpressed: ApplicationState.INTERESTED,
    j.ApplicationBegun: ApplicationState.PREPARING,
    j.ApplicationSent: ApplicationState.SENT,
    j.ApplicationAcknowledged: ApplicationState.ACKNOWLEDGED,
    j.InterviewInvited: ApplicationState.INTERVIEW,
    j.OfferMade: ApplicationState.OFFERED,
    j.OfferAccepted: ApplicationState.ACCEPTED,
}
OUTCOMES: Final[Mapping[type[Fact], str]] = {
    j.OfferDeclined: "declined",
    j.ApplicationUnanswered: "no_answer",
    j.ApplicationSuperseded: "superseded",
    j.ApplicationVacancyClosed: "vacancy_closed",
    j.ApplicationFellThrough: "fell_through",
    j.ApplicationRejected: "rejected",
    j.ApplicationWithdrawn: "withdrawn",
}
NO_ANSWER: Final = OUTCOMES[j.ApplicationUnanswered]


def _saved(dossier: Dossier, fact: j.ApplicationSaved, told: Told) -> None:
    dossier.applications[told.aggregate_id] = Application(
        application_id=told.aggregate_id,
        state=ApplicationState.SAVED,
        at=fact.occurred_at,
        vacancy_id=fact.vacancy_id,
        title=fact.title,
        employer=fact.employer,
        brokered=bool(fact.brokered),
    )


def _moved_on(dossier: Dossier, fact: Fact, told: Told) -> None:
    application = dossier.applications.get(told.aggregate_id)
    if application is None:
        return
    application.state, application.at, application.outcome = STATES[type(fact)], fact.occurred_at, None
    match fact:
        case j.ApplicationSent():
            application.sent_at, application.cv_version = fact.occurred_at, fact.cv_version
        case j.InterviewInvited():
            application.interviews += 1
        case j.OfferMade():
            application.offered = True


def _closed(dossier: Dossier, fact: Fact, told: Told) -> None:
    if application := dossier.applications.get(told.aggregate_id):
        application.outcome, application.at = OUTCOMES[type(fact)], fact.occurred_at


def _open_again(dossier: Dossier, fact: Fact, told: Told) -> None:
    if application := dossier.applications.get(told.aggregate_id):
        application.outcome, application.at = None, fact.occurred_at


def _written(dossier: Dossier, fact: j.CvWritten | j.CvUploaded, _told: Told) -> None:
    dossier.cv_version = fact.version


def _targeted(dossier: Dossier, fact: j.EmployerTargeted, told: Told) -> None:
    dossier.employers[told.aggregate_id] = Target(told.aggregate_id, fact.name, next_approach_on=fact.next_approach_on)


def _approached(dossier: Dossier, fact: j.EmployerApproached, told: Told) -> None:
    if employer := dossier.employers.get(told.aggregate_id):
        employer.last_approach, employer.next_approach_on = fact.occurred_at, fact.next_approach_on


def _dropped(dossier: Dossier, _fact: j.EmployerDropped, told: Told) -> None:
    dossier.employers.pop(told.aggregate_id, None)


SEARCH_FOLDS: Final[Mapping[type[Fact], Callable[[Dossier, Any, Told], None]]] = {
    j.ApplicationSaved: _saved,
    **dict.fromkeys(STATES, _moved_on),
    **dict.fromkeys(OUTCOMES, _closed),
    j.ApplicationReopened: _open_again,
    j.ApplicationRestored: _open_again,
    j.CvWritten: _written,
    j.CvUploaded: _written,
    j.EmployerTargeted: _targeted,
    j.EmployerApproached: _approached,
    j.EmployerDropped: _dropped,
}
