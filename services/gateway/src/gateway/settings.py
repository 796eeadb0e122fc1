"""What the gateway service is told from outside."""

from chassis.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """The settings of every service."""
