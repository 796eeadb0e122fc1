"""What the nudges service is told from outside."""

from chassis.settings import ServiceSettings


class NudgesSettings(ServiceSettings):
    """The settings of every service."""
