"""What the jobsearch service is told from outside."""

from pydantic import Field, PositiveInt

from chassis.settings import ServiceSettings
from jobsearch.vacancy_file import LARGEST_FILE


class JobsearchSettings(ServiceSettings):
    """The settings of every service; the time zone is that of closing dates."""

    body_limit: PositiveInt = Field(LARGEST_FILE, description="Largest request body in bytes: a file of vacancies.")
