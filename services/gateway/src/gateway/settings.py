"""What the gateway service is told from outside."""

from pathlib import Path

from pydantic import Field

from chassis.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """The settings of every service, and where the others are."""

    services: dict[str, str] = Field(description="Where each service answers, by name: WAYMARK_SERVICES, as JSON.")
    people_key: Path = Field(description="The private key (a JWK) that signs the short-lived tokens of people.")
