"""Nothing runs that is not, byte for byte, what the lock says."""

import hashlib
from pathlib import Path

import pytest

from waymark.local import jars
from waymark.local.failure import PlatformFailure
from waymark.local.jars import Jar, fetch, locked

SMALL = next(jar for jar in locked("Kafka") if "slf4j-simple" in jar.coordinate)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "locked", lambda _program: [SMALL])


@pytest.mark.usefixtures("only")
def test_a_jar_is_fetched_once(tmp_path: Path) -> None:
    (path,) = fetch(["Kafka"], tmp_path)["Kafka"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SMALL.sha256
    written = path.stat().st_mtime_ns
    assert fetch(["Kafka"], tmp_path) == {"Kafka": [path]}
    assert path.stat().st_mtime_ns == written


@pytest.mark.usefixtures("only")
def test_a_jar_that_was_cut_short_or_altered_is_fetched_again(tmp_path: Path) -> None:
    (path,) = fetch(["Kafka"], tmp_path)["Kafka"]
    whole = path.read_bytes()
    for damaged in (whole[:-1], b"x" + whole[1:]):
        path.write_bytes(damaged)
        fetch(["Kafka"], tmp_path)
        assert path.read_bytes() == whole


def test_a_jar_that_arrives_altered_is_refused_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Jar(SMALL.program, SMALL.coordinate, SMALL.size, "0" * 64)
    monkeypatch.setattr(jars, "locked", lambda _program: [expected])
    with pytest.raises(PlatformFailure, match=r"is not what jars\.lock says"):
        fetch(["Kafka"], tmp_path)
    assert not list(tmp_path.rglob("*.jar"))


def test_the_lock_names_versions_sizes_and_checksums_and_no_host() -> None:
    assert {jar.program for name in ("Kafka", "Zipkin") for jar in locked(name)} == {"Kafka", "Zipkin"}
    lock = Path(jars.__file__).with_name("jars.lock").read_text()
    assert "http" not in lock.replace("httpc", "")
