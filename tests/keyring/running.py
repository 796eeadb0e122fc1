"""The keyring as a process of its own, and who may talk to it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.signing import ServiceTokens, SigningKey, person_token, published
from tests.running import PatientService
from waymark.local.ports import any_free

from .conftest import Home

SERVICES = ("referrals", "caseload", "nudges", "analytics")
Monotonic = Callable[[], float]


@dataclass
class RunningKeyring:
    """`python -m keyring <role>` on a free port; its output goes to a file."""

    home: Home
    folder: Path
    role: str = "api"
    kafka: str = "127.0.0.1:1"
    prefix: str = ""
    port: int = field(default_factory=any_free)

    def __post_init__(self) -> None:
        self.log = self.folder / "keyring.log"
        self.people = SigningKey.generate("people")
        self.services = {name: SigningKey.of_service(name) for name in (*SERVICES, "keyring")}
        (self.folder / "jwks.json").write_text(published([self.people, *self.services.values()]))
        self.services["keyring"].write(self.folder / "keyring.jwk")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return what it is told."""
        return {
            "WAYMARK_ENVIRONMENT": "test",
            "WAYMARK_DATABASE": self.home.application,
            "WAYMARK_OWNER_DATABASE": self.home.owner,
            "WAYMARK_KAFKA": self.kafka,
            "WAYMARK_TOPIC_PREFIX": self.prefix,
            "WAYMARK_JWKS": str(self.folder / "jwks.json"),
            "WAYMARK_IDENTITY_KEY": str(self.folder / "keyring.jwk"),
            "WAYMARK_REQUEST_HASH_KEY": secrets.token_hex(32),
            "WAYMARK_PORT": str(self.port),
            "WAYMARK_MASTER_KEY_FILE": str(self.home.master_key_file),
            "WAYMARK_VAULT": str(self.home.vault),
        }

    def start(self) -> None:
        """Start, and return when it is ready. Raises PlatformFailure when it ends before."""
        self._service = PatientService("keyring", self.environment(), self.port, self.log, self.role)
        self._service.start()

    def stop(self) -> int | None:
        """End it in good order and return its exit status."""
        return self._service.stop()

    def client(self, service: str = "referrals", monotonic: Monotonic = time.monotonic) -> Keyring:
        """Return a client with the tokens of a service."""
        tokens = ServiceTokens(self.services[service])
        return Keyring(self.url, tokens.to("keyring"), monotonic=monotonic)

    def client_of_person(self, role: str, tenant: UUID | None = None) -> Keyring:
        """Return a client with the token of a person."""
        token = person_token(self.people, Actor(uuid4(), role, tenant))
        return Keyring(self.url, lambda: token)
