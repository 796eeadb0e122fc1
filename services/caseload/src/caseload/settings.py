"""What the caseload service is told from outside."""

from chassis.settings import ServiceSettings


class CaseloadSettings(ServiceSettings):
    """The settings of every service; the time zone is that of the programme's due dates."""
