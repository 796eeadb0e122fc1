"""The provider's signed word about a person (an ID token): whether it is genuine, and who it makes them here."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from chassis.clock import Clock
from chassis.identity import Actor
from gateway.access import JOBSEEKER, STAFF
from gateway.openid.failure import UnknownPersonError, UntrustedError
from gateway.openid.provider import Provider
from gateway.openid.registration import Claims, Registration

LARGEST_TOKEN: Final = 16 * 1024
LEEWAY_SECONDS: Final = 60
LONGEST_NAME: Final = 200
WITH_PROVIDER: Final = STAFF | {JOBSEEKER}
_PEOPLE: Final = UUID("4c1f6d0e-4d5b-5a33-8f63-0e6b2a7d9c15")


async def verified(token: str, nonce: str, provider: Provider, clock: Clock) -> Mapping[str, Any]:
    """Return the claims of an ID token that this provider signed for us, now, in answer to `nonce`.

    Raises UntrustedError, and ProviderAwayError when its keys cannot be read.
    """
    us = provider.registration
    if len(token) > LARGEST_TOKEN:
        message = "length"
        raise UntrustedError(message)
    try:
        key = await provider.key(str(jws.extract_compact(token.encode()).headers().get("kid") or ""))
        if key is None:
            message = "key"
            raise UntrustedError(message)
        # Other headers than the standard's are no reason to refuse; another algorithm than the one agreed on is.
        registry = JWSRegistry(algorithms=[us.algorithm.value], strict_check_header=False)
        decoded = jwt.decode(token, key, registry=registry)
        _check(decoded, nonce, us, int(clock().timestamp()))
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as invalid:
        message = f"{type(invalid).__name__} {getattr(invalid, 'claim', '')}".strip()
        raise UntrustedError(message) from invalid
    return decoded.claims


def _check(token: jwt.Token, nonce: str, us: Registration, now: int) -> None:
    expected = {"iss": us.issuer, "aud": us.client_id}
    options = {name: {"essential": True, "value": value} for name, value in expected.items()}
    claims = CodeIDToken(token.claims, token.header, options, {"client_id": us.client_id})
    claims.validate(now=now, leeway=LEEWAY_SECONDS)
    if not hmac.compare_digest(str(token.claims.get("nonce", "")), nonce):
        message = "nonce"
        raise UntrustedError(message)


def person_of(said: Mapping[str, Any], issuer: str, names: Claims) -> tuple[Actor, str]:
    """Return who a provider's claims make somebody here, and the name to greet them by. Raises UnknownPersonError."""
    role = _role(said, names)
    tenant = _tenant(said, names)
    if tenant is None and role in WITH_PROVIDER:
        raise UnknownPersonError(names.provider)
    given = _text(_claim(said, names.id))
    if not given:
        raise UnknownPersonError(names.id)
    id_ = _uuid(given)
    if id_ is None and role == JOBSEEKER:
        raise UnknownPersonError(names.id)
    actor = Actor(id_ or uuid5(_PEOPLE, f"{issuer} {given}"), role, tenant)
    return actor, _text(_claim(said, names.name))[:LONGEST_NAME]


def _role(said: Mapping[str, Any], names: Claims) -> str:
    """Return the first of the roles we know that somebody has."""
    theirs = _texts(_claim(said, names.role))
    for word, role in names.roles.items():
        if word in theirs:
            return role
    raise UnknownPersonError(names.role)


def _tenant(said: Mapping[str, Any], names: Claims) -> UUID | None:
    """Return the one provider that somebody belongs to; who belongs to several cannot be told apart."""
    theirs = _texts(_claim(said, names.provider))
    known = {names.providers.get(word) or _known(word, names) for word in theirs} - {None}
    if len(known) > 1 or (theirs and not known):
        raise UnknownPersonError(names.provider)
    return known.pop() if known else None


def _known(word: str, names: Claims) -> UUID | None:
    found = _uuid(word)
    return found if found in names.providers.values() else None


def _claim(said: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its name, else by the names of a path of objects; None where there is none."""
    if path in said:
        return said[path]
    found: Any = said
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _texts(claim: Any) -> Sequence[str]:
    return [one for one in claim if isinstance(one, str)] if isinstance(claim, list) else [_text(claim)] * bool(claim)


def _text(claim: Any) -> str:
    return claim.strip() if isinstance(claim, str) else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
