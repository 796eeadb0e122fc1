"""What the jobsearch service is told from outside."""

from pydantic import Field, PositiveInt

from chassis.settings import ServiceSettings
from jobsearch.vacancy_file import LARGEST_FILE


class JobsearchSettings(ServiceSettings):
    """The settings of every service; the time zone is that of closing dates and silence."""

    body_limit: PositiveInt = Field(LARGEST_FILE, description="Largest request body in bytes: a file of vacancies.")
    unanswered_days: PositiveInt = Field(60, description="An application closes when nobody answers for so many days.")
