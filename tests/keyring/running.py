"""The keyring as a process of its own, and who may talk to it."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.signing import ServiceTokens, SigningKey, person_token, published
from waymark.local.ports import any_free

from .conftest import Home

SERVICES = ("referrals", "caseload", "analytics")
START_SECONDS = 20.0
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
            "PATH": os.environ["PATH"],
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

    def launch(self) -> None:
        """Start without waiting."""
        command = [sys.executable, "-m", "keyring", self.role]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log)

    def start(self) -> None:
        """Start, and return when it is ready."""
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> int:
        """End it in good order and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)

    def client(self, service: str = "referrals", monotonic: Monotonic = time.monotonic) -> Keyring:
        """Return a client with the tokens of a service."""
        tokens = ServiceTokens(self.services[service])
        return Keyring(self.url, tokens.to("keyring"), monotonic=monotonic)

    def client_of_person(self, role: str, tenant: UUID | None = None) -> Keyring:
        """Return a client with the token of a person."""
        token = person_token(self.people, Actor(uuid4(), role, tenant))
        return Keyring(self.url, lambda: token)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", trust_env=False).is_success
        except httpx.TransportError:
            return False
