"""What a provider says about itself, and the keys it signs with, as far as they are of use to us."""

from typing import Any, Final
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.openid.failure import ProviderAwayError
from gateway.openid.registration import Algorithm, Registration

CHALLENGE: Final = "S256"
SIGNING: Final = frozenset({None, "sig"})

Key = RSAKey | ECKey


class Metadata(BaseModel):
    """The parts of OpenID Connect Discovery that we go by."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    code_challenge_methods_supported: tuple[str, ...] = (CHALLENGE,)
    id_token_signing_alg_values_supported: tuple[str, ...]
    authorization_response_iss_parameter_supported: bool = False


def read_metadata(answer: Any, registration: Registration) -> Metadata:
    """Return what a provider says about itself. Raises ProviderAwayError unless we can work with it."""
    try:
        found = Metadata.model_validate(answer)
    except ValidationError as strange:
        message = "discovery: not the metadata of a provider"
        raise ProviderAwayError(message) from strange
    endpoints = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.end_session_endpoint)
    faults = {
        "its issuer is another one": found.issuer != registration.issuer,
        "it does not take PKCE with S256": CHALLENGE not in found.code_challenge_methods_supported,
        "it does not sign as agreed": registration.algorithm not in found.id_token_signing_alg_values_supported,
        "an endpoint is not https": not all(_may_be_asked(url, registration) for url in endpoints if url),
    }
    for fault, is_so in faults.items():
        if is_so:
            message = f"discovery: {fault}"
            raise ProviderAwayError(message)
    return found


def read_keys(answer: Any, algorithm: Algorithm) -> dict[str, Key]:
    """Return the keys by their ids that can have signed by an algorithm. Raises ProviderAwayError."""
    wanted = "EC" if algorithm is Algorithm.ES256 else "RSA"
    kind: type[Key] = ECKey if wanted == "EC" else RSAKey
    try:
        offered = [dict(key) for key in answer["keys"] if key["kty"] == wanted]
        signing = [key for key in offered if key.get("use") in SIGNING]
        return {str(key.get("kid", "")): kind.import_key(key) for key in signing}
    except (KeyError, TypeError, ValueError, AttributeError, JoseError) as strange:
        message = "keys: not a set of keys"
        raise ProviderAwayError(message) from strange


def _may_be_asked(url: str, registration: Registration) -> bool:
    return urlsplit(url).scheme in ({"https", "http"} if registration.plain_http else {"https"})
