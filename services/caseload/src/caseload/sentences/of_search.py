"""The sentences of what the jobsearch service tells on the journey."""

from collections.abc import Mapping
from typing import Final

from caseload.sentences.wording import Fields, Wording, says, with_end
from events.fact import Fact
from events.jobsearch import (
    ApplicationAcknowledged,
    ApplicationBegun,
    ApplicationChased,
    ApplicationFellThrough,
    ApplicationInterestExpressed,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationSaved,
    ApplicationSent,
    ApplicationSuperseded,
    ApplicationUnanswered,
    ApplicationVacancyClosed,
    ApplicationWithdrawn,
    CvUploaded,
    CvWritten,
    EmployerApproached,
    EmployerDropped,
    EmployerTargeted,
    InterviewCancelled,
    InterviewHeld,
    InterviewInvited,
    InterviewPrepared,
    InterviewRescheduled,
    JobWishesTold,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
)


def _interview(begin: str) -> Wording:
    def wording(fact: InterviewInvited | InterviewRescheduled, fields: Fields) -> str:
        if fact.starts_at:
            return begin + says(" on {starts_at}.", fields)
        return begin + (says(" on {day}.", fields) if fact.day else ", the day is not known yet.")

    return wording


def _approached(fact: EmployerApproached, _fields: Fields) -> str:
    return ("The coach" if fact.by_coach else "The person") + " spoke to a target employer."


def _saved(fact: ApplicationSaved, _fields: Fields) -> str:
    return "The coach found a job for the person." if fact.brokered else "The person keeps a job in mind."


SEARCH: Final[Mapping[type[Fact], Wording]] = {
    JobWishesTold: "The person said what work they look for.",
    CvWritten: "The person has a new CV, version {version}.",
    CvUploaded: "The person brought a CV as a file, version {version}.",
    ApplicationSaved: _saved,
    ApplicationInterestExpressed: "The person wants to apply for a job.",
    ApplicationBegun: "The person is preparing an application.",
    ApplicationSent: with_end("The person applied", "cv_version", " with version {cv_version} of the CV"),
    ApplicationAcknowledged: "The employer confirmed that an application arrived.",
    ApplicationChased: "The person asked an employer what became of an application.",
    InterviewInvited: _interview("The employer invites the person to an interview"),
    InterviewRescheduled: _interview("An interview was moved: it is"),
    InterviewPrepared: "The person is prepared for an interview.",
    InterviewHeld: "An interview took place.",
    InterviewCancelled: "An interview will not take place.",
    OfferMade: with_end("The employer offers the job", "answer_by", "; the answer is due by {answer_by}"),
    OfferAccepted: with_end("The person takes the job", "starts_on", " and begins on {starts_on}"),
    OfferDeclined: "The person does not take the job.",
    ApplicationRejected: "The employer said no: {reason}.",
    ApplicationWithdrawn: "The person took an application back: {reason}.",
    ApplicationUnanswered: "An employer did not answer, so the application was closed.",
    ApplicationReopened: "An application that was closed goes on.",
    ApplicationSuperseded: "An application rests, because the person took another job.",
    ApplicationRestored: "An application that rested is back, because the other job fell through.",
    ApplicationFellThrough: "The job that the person had accepted never began.",
    ApplicationVacancyClosed: "A job went off the market before the person had applied.",
    EmployerTargeted: "Person and coach want to get to know an employer.",
    EmployerApproached: _approached,
    EmployerDropped: "An employer is no longer a target.",
}
