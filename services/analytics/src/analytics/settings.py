"""What the analytics service is told from outside."""

from chassis.settings import ServiceSettings


class AnalyticsSettings(ServiceSettings):
    """The settings of every service."""
