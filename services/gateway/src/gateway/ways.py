"""The ways in that there are here."""

from dataclasses import dataclass

from gateway.openid.sign_in import OpenIdSignIn
from gateway.recognising import Personas, Recognises


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody can be recognised; `openid` is None where no provider is registered."""

    personas: Personas
    links: Recognises[str]
    openid: OpenIdSignIn | None
