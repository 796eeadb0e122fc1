"""What is refused of an application, each refusal by a business name."""

from typing import Final

from chassis.aggregate import Refusal
from jobsearch.stages import CLOSED, UNSENT, Stage


class NotSentYet(Refusal):
    """The application was not sent yet."""


class AlreadySent(Refusal):
    """The application is with the employer already."""


class ComeToInterviews(Refusal):
    """The application has come to interviews already."""


class OfferStands(Refusal):
    """The employer has offered the job: it can be accepted or declined."""


class OfferAlreadyAccepted(Refusal):
    """The person has taken the job."""


class ApplicationIsClosed(Refusal):
    """The application has come to an end; it can be reopened."""


class VacancyIsGone(Refusal):
    """The vacancy left the market before the application was sent."""


class AnotherWasAccepted(Refusal):
    """The application rests, because the person has taken another job."""


class SentInTheFuture(Refusal):
    """An application is sent now or was sent earlier, not later."""

    about = "sent_on"


REFUSED_IN: Final[dict[Stage, type[Refusal]]] = {
    **dict.fromkeys(UNSENT, NotSentYet),
    **dict.fromkeys((Stage.APPLIED, Stage.ACKNOWLEDGED), AlreadySent),
    **dict.fromkeys((Stage.INTERVIEW_INVITED, Stage.INTERVIEWED), ComeToInterviews),
    Stage.OFFERED: OfferStands,
    Stage.ACCEPTED: OfferAlreadyAccepted,
    **dict.fromkeys(CLOSED, ApplicationIsClosed),
    Stage.VACANCY_CLOSED: VacancyIsGone,
    Stage.SUPERSEDED: AnotherWasAccepted,
}
