"""An OpenID Connect provider of our own, which really signs and checks PKCE, and lies where a test wants it to."""

import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT: Final = "waymark"
Claims = dict[str, Any]


def rsa(id: str) -> RSAKey:  # noqa: A002  (the word of the standard)
    """Return a new key."""
    return RSAKey.generate_key(2048, {"kid": id, "use": "sig", "alg": "RS256"}, auto_kid=False)


@dataclass
class OwnProvider:
    """Signs in whoever `person` is at the time. `lie` may change an ID token's claims, `sign` makes it."""

    url: str
    key: RSAKey = field(default_factory=lambda: rsa("first"))
    person: Claims = field(default_factory=dict)
    lie: Callable[[Claims], Claims] = field(init=False)
    sign: Callable[[Claims], str] = field(init=False)
    metadata: Claims = field(init=False)
    asked: list[Claims] = field(default_factory=list)
    codes: dict[str, Claims] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.honest()

    def honest(self) -> None:
        """Tell the truth again."""
        self.lie, self.sign, self.metadata = dict, self.signed, {}

    def signed(self, claims: Claims) -> str:
        """Return claims as a token that this provider signed."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def discovery(self) -> Claims:
        """Return what it says about itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/end",
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
        } | self.metadata

    def authorize(self, asked: Claims) -> str:
        """Return where a browser is sent back to by somebody who signs in at once."""
        self.asked.append(asked)
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"

    def token(self, asked: Claims) -> tuple[int, Claims]:
        """Return an ID token for a code, once, to who shows the verifier of its challenge."""
        begun = self.codes.pop(asked.get("code", ""), None)
        digest = sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if begun is None or begun.get("code_challenge") != challenge or asked["redirect_uri"] != begun["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"]} | self.person
        return 200, {"access_token": "opens nothing", "token_type": "Bearer", "id_token": self.sign(self.lie(claims))}


@contextmanager
def own_provider() -> Iterator[OwnProvider]:
    """Run a provider of our own while the context lasts."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(place.query).items()}
            if place.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
                return
            known: dict[str, Callable[[], Claims]] = {
                "/.well-known/openid-configuration": provider.discovery,
                "/keys": lambda: {"keys": [provider.key.as_dict(private=False)]},
            }
            self.say(200, known[place.path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.say(*provider.token({name: values[0] for name, values in parse_qs(body).items()}))

        def say(self, status: int, answer: Claims) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider = OwnProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
