"""What the gateway service is told from outside."""

from pathlib import Path
from typing import Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from chassis.identity import Actor
from gateway.sign_in_settings import SignInSettings
from gateway.web.desk import Persona

LARGEST_FILE: Final = 32 * 1024 * 1024


class PersonaSetting(BaseModel):
    """Somebody whom one can be in a demonstration."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    what: str
    id: UUID
    role: str
    tenant: UUID | None = None


class GatewaySettings(SignInSettings):
    """The settings of every service, how people sign in, where the others are, and who is whom in a demonstration."""

    services: dict[str, str] = Field(description="Where each service answers, by name: WAYMARK_SERVICES, as JSON.")
    people_key: Path = Field(description="The private key (a JWK) that signs the short-lived tokens of people.")
    traces: str = Field("", description="Where traces are looked at, for the operator's page.")
    dashboards: str = Field("", description="Where the numbers of Prometheus are looked at, for the operator's page.")
    staff: dict[UUID, str] = Field(default_factory=dict, description="Names of staff and referrers by their ids.")
    coaches: dict[UUID, tuple[UUID, ...]] = Field(default_factory=dict, description="Coaches of each provider.")
    providers: dict[UUID, str] = Field(default_factory=dict, description="Names of providers by their ids.")
    programmes: dict[UUID, str] = Field(default_factory=dict, description="Names of programmes by their ids.")
    personas: tuple[PersonaSetting, ...] = Field((), description="Personas of a demonstration; none in production.")

    body_limit: PositiveInt = Field(LARGEST_FILE, description="Largest request body in bytes: a file of vacancies.")
    requests_a_minute: PositiveInt = Field(1200, description="How often one person may ask in a minute.")
    strangers_a_minute: PositiveInt = Field(60, description="How often an address may ask that nobody knows.")

    @model_validator(mode="after")
    def _only_where_nobody_is_real(self) -> Self:
        if self.personas and not self.is_demo:
            message = "personas are for a demonstration: nobody signs in without being asked who they are"
            raise ValueError(message)
        return self

    def shown_personas(self) -> tuple[Persona, ...]:
        """Return the personas as the front page shows them."""
        return tuple(Persona(p.code, p.name, p.what, Actor(p.id, p.role, p.tenant)) for p in self.personas)
