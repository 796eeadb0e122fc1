"""What the learning service is told from outside."""

from chassis.settings import ServiceSettings


class LearningSettings(ServiceSettings):
    """The settings of every service."""
