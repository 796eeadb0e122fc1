"""The provider: where it sends people to sign in, and the code that it changes into a signed word about them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from chassis.clock import Clock
from gateway.openid.attempts import Attempt
from gateway.openid.failure import ProviderAwayError, RefusedError
from gateway.openid.metadata import CHALLENGE, Key, Metadata, read_keys, read_metadata
from gateway.openid.registration import Registration

WELL_KNOWN: Final = "/.well-known/openid-configuration"
WITHIN_SECONDS: Final = 10.0
GROWN_OLD: Final = timedelta(hours=1)
READ_APART: Final = timedelta(seconds=5)
LARGEST_ANSWER: Final = 256 * 1024
FORM: Final = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}


class Provider:
    """One provider. What it says about itself and its keys is asked for when needed, and kept for an hour."""

    def __init__(self, registration: Registration, http: httpx.AsyncClient, clock: Clock) -> None:
        self.registration = registration
        self._http = http
        self._clock = clock
        never = datetime.min.replace(tzinfo=clock().tzinfo)
        self._metadata: Metadata | None = None
        self._metadata_at = never
        self._asking = asyncio.Lock()
        self._keys: dict[str, Key] = {}
        self._keys_at = never
        self._reading = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """Return what the provider says about itself. Raises ProviderAwayError."""
        async with self._asking:
            if self._metadata is None or self._clock() - self._metadata_at > GROWN_OLD:
                answer = await self._get("discovery", self.registration.issuer.rstrip("/") + WELL_KNOWN)
                self._metadata = read_metadata(answer, self.registration)
                self._metadata_at = self._clock()
            return self._metadata

    async def begin(self, attempt: Attempt) -> str:
        """Return where to send a browser. Raises ProviderAwayError."""
        endpoint = (await self.metadata()).authorization_endpoint
        url, _ = self._client().create_authorization_url(
            endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
        )
        return str(url)

    async def exchange(self, code: str, attempt: Attempt) -> str:
        """Return the ID token for a code, as it came. Raises ProviderAwayError, RefusedError."""
        client, callback = self._client(), self.registration.callback
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=callback, code_verifier=attempt.verifier
        )
        proof = client.client_auth(client.token_endpoint_auth_method)
        url, headers, content = proof.prepare("POST", (await self.metadata()).token_endpoint, dict(FORM), body)
        answer = await self._ask("token endpoint", "POST", url, headers=headers, content=content)
        try:
            return str(client.parse_response_token(answer)["id_token"])
        except OAuth2Error as refused:
            message = f"token endpoint: {refused.error}"
            raise RefusedError(message) from refused
        except (ValueError, KeyError, httpx.HTTPStatusError) as strange:
            message = "token endpoint: no ID token"
            raise ProviderAwayError(message) from strange

    async def key(self, id: str) -> Key | None:  # noqa: A002  (the word of the standard)
        """Return a key by its id; for none given, the only one there is. Raises ProviderAwayError."""
        source = (await self.metadata()).jwks_uri
        async with self._reading:
            age = self._clock() - self._keys_at
            if age > GROWN_OLD or (self._known(id) is None and age > READ_APART):
                self._keys = read_keys(await self._get("keys", source), self.registration.algorithm)
                self._keys_at = self._clock()
        return self._known(id)

    def _known(self, id: str) -> Key | None:  # noqa: A002  (the word of the standard)
        only = next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(id) if id else only

    def _client(self) -> OAuth2Client:
        us = self.registration
        return OAuth2Client(
            None,
            us.client_id,
            us.client_secret,
            token_endpoint_auth_method=us.proof.value,
            scope=us.scope,
            redirect_uri=us.callback,
            code_challenge_method=CHALLENGE,
        )

    async def _get(self, what: str, url: str) -> Any:
        answer = await self._ask(what, "GET", url, headers={"Accept": "application/json"})
        try:
            return answer.raise_for_status().json()
        except (httpx.HTTPStatusError, ValueError) as strange:
            message = f"{what}: answered {answer.status_code}"
            raise ProviderAwayError(message) from strange

    async def _ask(
        self, what: str, method: str, url: str, headers: Mapping[str, str], content: str = ""
    ) -> httpx.Response:
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                answer = await self._http.request(method, url, headers=headers, content=content or None)
        except (TimeoutError, httpx.TransportError) as away:
            message = f"{what}: {type(away).__name__}"
            raise ProviderAwayError(message) from away
        if len(answer.content) > LARGEST_ANSWER:
            message = f"{what}: too much"
            raise ProviderAwayError(message)
        return answer
