"""The real services as processes of their own, role by role, as production runs them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from bench.measure import Machine
from chassis.signing import SigningKey, person_token
from waymark.local import environment, identity
from waymark.local.ports import any_free
from waymark.personas import persona

START_SECONDS = 60.0


class Running:
    """Addresses and tokens of services that run, on databases and topics that no other benchmark wrote to."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        ports = {name: any_free() for name in ("referrals", "caseload", "jobsearch", "keyring", "gateway", "zipkin")}
        folder.mkdir()
        with psycopg.connect(machine.postgres.dsn(), autocommit=True) as connection:
            for name in environment.SERVICES:
                connection.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))
        ports["kafka"] = int(machine.kafka.bootstrap.rpartition(":")[2])
        self.addresses = environment.prepare(machine.postgres, machine.postgres, ports, folder)
        self._folder = folder

    def token(self, name: str) -> str:
        """Return a token of one of the demo's people."""
        return person_token(SigningKey.read(identity.people_key(self.addresses.keys)), persona(name).actor)

    @contextmanager
    def roles(self, service: str, roles: Sequence[str], variables: Mapping[str, str] = {}) -> Iterator[None]:
        """Run roles of a service, each in a process, while the context lasts; `variables` are further settings."""
        told = environment.of_service(service, self.addresses)
        told |= {"OTEL_TRACES_EXPORTER": "none", "WAYMARK_ACCESS_LOG": "false"}
        told |= {"WAYMARK_TOPIC_PREFIX": f"{self._folder.name}.", **variables}
        with ExitStack() as processes:
            started = {role: processes.enter_context(self._process(service, role, told)) for role in roles}
            if "api" in started:
                wait_for(started["api"], self.addresses.ports[service])
            yield

    @contextmanager
    def _process(self, service: str, role: str, told: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        log = (self._folder / f"{service}-{role}.log").open("wb")
        command = [sys.executable, "-m", service, role]
        process = subprocess.Popen(command, env={**os.environ, **told}, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()
            log.close()


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a process listens at a port. Raises TimeoutError when it ends before, or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"what was started as {process.args!r} does not listen at {port}: see its log"
    raise TimeoutError(message)
