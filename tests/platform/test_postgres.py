"""PostgreSQL serves on a private socket, runs as nobody when we are root, and comes back from a kill."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from waymark.local import account
from waymark.local.account import Account, make_private, reachable
from waymark.local.failure import PlatformFailure
from waymark.local.postgres import Postgres

NOBODY = Account(65534, 65534)


@pytest.fixture
def server(state: Path) -> Iterator[Postgres]:
    server = Postgres(state / "postgres", settings={"work_mem": "5MB"})
    yield server
    server.stop()
    server.remove()


def test_what_was_committed_outlives_a_kill_and_the_address_stays(server: Postgres) -> None:
    server.start()
    with psycopg.connect(server.dsn()) as connection:
        connection.execute("create table kept as select 7 as number")
    backends = psutil.Process(server.process_id).children()
    server.kill()
    assert not any(backend.is_running() for backend in backends)
    server.start()
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)
        assert connection.execute("show work_mem").fetchone() == ("5MB",)
        assert connection.execute("show transaction_timeout").fetchone() == ("1min",)
        assert connection.execute("show data_directory").fetchone() == (str(server.data),)


def test_only_its_own_account_and_root_can_reach_it(server: Postgres) -> None:
    server.start()
    assert psutil.Process(server.process_id).uids().effective != 0
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert not [one for one in psutil.Process(server.process_id).net_connections() if one.family.name != "AF_UNIX"]


def test_a_port_is_opened_on_the_loopback_interface_when_asked(state: Path) -> None:
    server = Postgres(state / "postgres", port=0)
    server.start()
    with psycopg.connect(host="127.0.0.1", port=server.port, user="postgres") as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    server.stop()


def test_a_folder_with_a_long_name_has_its_socket_elsewhere(state: Path) -> None:
    server = Postgres(state / ("long" * 30))
    server.start()
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    server.stop()
    server.remove()


def test_a_data_folder_that_is_in_use_is_refused_in_one_line(server: Postgres) -> None:
    server.start()
    second = Postgres(server.home)
    with pytest.raises(PlatformFailure, match=r'^PostgreSQL ended with 1 .* lock file "postmaster.pid" already exists'):
        second.start()


def test_where_the_account_cannot_enter_the_database_lives_elsewhere(state: Path) -> None:
    closed = state / "closed"
    closed.mkdir(mode=0o700)
    assert reachable(state / "postgres", NOBODY) == state / "postgres"
    assert reachable(closed / "postgres", NOBODY) == reachable(closed / "postgres", NOBODY)
    assert not reachable(closed / "postgres", NOBODY).is_relative_to(state)
    assert reachable(closed / "postgres", None) == closed / "postgres"


@pytest.fixture
def package(state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that nobody but its owner can reach, with its libraries beside it."""
    monkeypatch.setattr(account, "SHELTER", state / "shelter")
    package = state / "closed" / "package"
    for folder in (package, package.parent / "libraries"):
        folder.mkdir(parents=True)
        (folder / "file").write_text("content")
    package.parent.chmod(0o700)
    return package


def test_programs_that_the_account_cannot_reach_are_copied_once(package: Path) -> None:
    libraries = package.parent / "libraries"
    copy = account.programs(package, libraries, NOBODY)
    assert (copy / "file").read_text() == (copy.parent / "libraries" / "file").read_text() == "content"
    assert NOBODY.reaches(copy)
    (copy / "file").write_text("kept")
    assert (account.programs(package, libraries, NOBODY) / "file").read_text() == "kept"


def test_programs_that_several_copy_at_once_are_there_once_and_whole(package: Path) -> None:
    with ThreadPoolExecutor(8) as several:
        made = [several.submit(account.programs, package, package.parent / "libraries", NOBODY) for _ in range(8)]
    (copy,) = {one.result() for one in made}
    assert (copy / "file").read_text() == "content"
    assert list(account.SHELTER.iterdir()) == [copy.parent]


def test_a_folder_that_somebody_else_put_in_the_way_is_refused(state: Path) -> None:
    (state / "trap").symlink_to("/etc")
    with pytest.raises(PlatformFailure, match="belongs to somebody else"):
        make_private(state / "trap", Account(os.geteuid(), os.getegid()))
