"""What the jobsearch service is told from outside."""

from chassis.settings import ServiceSettings


class JobsearchSettings(ServiceSettings):
    """The settings of every service."""
