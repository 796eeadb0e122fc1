"""How the provider knows us, and how we read what it says about people."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

CALLBACK: Final = "/sign-in/callback"


class Algorithm(StrEnum):
    """What a provider may sign with; one of them is agreed on, and no other is believed."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"


class ClientProof(StrEnum):
    """How we show the provider that we are its client."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Claims:
    """Where a person's id, name, role and provider stand among the claims, a dot leading into an object.

    `roles` are our roles by the words of the identity provider, most wanted first. `providers` are the ids of providers
    of employment support by its words; a claim that is one of these ids is taken as it is.
    """

    id: str
    name: str
    role: str
    provider: str
    roles: Mapping[str, str]
    providers: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Registration:
    """One client at one provider; `site` is where browsers find our pages."""

    issuer: str
    client_id: str
    client_secret: str
    proof: ClientProof
    scope: str
    algorithm: Algorithm
    site: str
    plain_http: bool
    claims: Claims

    @property
    def callback(self) -> str:
        """Where the provider sends a browser back to."""
        return self.site + CALLBACK
