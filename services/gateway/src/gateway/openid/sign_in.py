"""Signing in: a browser is sent to the provider with secrets, and comes back with a code that proves who it is."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from chassis.clock import Clock
from chassis.database import Pool
from gateway.openid.attempts import Attempts
from gateway.openid.failure import RefusedError, UntrustedError
from gateway.openid.provider import Provider
from gateway.openid.registration import Registration
from gateway.openid.word import person_of, verified
from gateway.recognising import Known

COOKIE: Final = "__Host-waymark-sign-in"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where to send a browser, and the secret to give it for the way."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Return:
    """What a browser comes back with: what the provider gave it, and the secret that we gave it."""

    browser: str
    state: str
    code: str
    error: str
    issuer: str | None


@dataclass(frozen=True, slots=True)
class SigningOut:
    """Where the provider signs somebody out, and what it takes."""

    url: str
    origin: str
    fields: dict[str, str]


class OpenIdSignIn:
    """Recognises people by what an OpenID Connect provider says of them."""

    def __init__(self, provider: Provider, attempts: Attempts, clock: Clock) -> None:
        self._provider = provider
        self._attempts = attempts
        self._clock = clock

    @classmethod
    @asynccontextmanager
    async def opened(cls, registration: Registration, pool: Pool, clock: Clock) -> AsyncIterator[Self]:
        """Return a sign-in that keeps its connections to the provider while the context lasts."""
        async with httpx.AsyncClient() as http:
            yield cls(Provider(registration, http, clock), Attempts(pool, clock), clock)

    async def begin(self, onward: str) -> Beginning:
        """Begin to sign somebody in who wants to go on to `onward`. Raises ProviderAwayError."""
        await self._provider.metadata()
        attempt = await self._attempts.begin(onward)
        return Beginning(await self._provider.begin(attempt), attempt.browser)

    async def recognise(self, shown: Return) -> Known:
        """Return who came back. Raises SignInError."""
        if shown.error:
            # Some providers send no state with a refusal; it lets nobody in, whoever made it up.
            message = "provider"
            raise RefusedError(message)
        attempt = await self._attempts.take(shown.state, shown.browser)
        await self._check_issuer(shown.issuer)
        token = await self._provider.exchange(shown.code, attempt)
        claims = await verified(token, attempt.nonce, self._provider, self._clock)
        us = self._provider.registration
        actor, name = person_of(claims, us.issuer, us.claims)
        return Known(actor, name, attempt.onward, token)

    async def signing_out(self, proof: str) -> SigningOut | None:
        """Return where somebody ends what they began with the provider, None where it has no such place.

        Raises ProviderAwayError.
        """
        us, url = self._provider.registration, (await self._provider.metadata()).end_session_endpoint
        if not url:
            return None
        place = urlsplit(url)
        fields = {"id_token_hint": proof, "client_id": us.client_id, "post_logout_redirect_uri": us.site + "/"}
        return SigningOut(url, f"{place.scheme}://{place.netloc}", fields)

    async def _check_issuer(self, issuer: str | None) -> None:
        """Refuse an answer of another provider (RFC 9207)."""
        promised = (await self._provider.metadata()).authorization_response_iss_parameter_supported
        expected = self._provider.registration.issuer
        if (issuer is None and promised) or (
            issuer is not None and not hmac.compare_digest(issuer.encode(), expected.encode())
        ):
            message = "issuer of the answer"
            raise UntrustedError(message)
