"""Java programs, fetched once: pinned by version, size and SHA-256 in `jars.lock`."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from threading import Event

from jgo.maven import MavenContext, PythonResolver
from requests import RequestException
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from waymark.local.failure import PlatformFailure
from waymark.local.state import DOWNLOADS

AT_ONCE = 6
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Jar:
    """One line of the lock: `coordinate` is group:artifact:version[:classifier], `size` in bytes."""

    program: str
    coordinate: str
    size: int
    sha256: str

    def is_whole(self, path: Path) -> bool:
        """Whether the file is there and is what the lock says."""
        if not path.exists() or path.stat().st_size != self.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


def locked(program: str) -> list[Jar]:
    """Return the jars of one program, in class path order."""
    lines = resources.files(__package__).joinpath("jars.lock").read_text().splitlines()
    jars = [Jar(name, coordinate, int(size), digest) for name, coordinate, size, digest in map(str.split, lines)]
    return [jar for jar in jars if jar.program == program]


def fetch(programs: Sequence[str], downloads: Path = DOWNLOADS) -> dict[str, list[Path]]:
    """Return the jars' paths by program, fetching what is not there yet and showing how far that is.

    Raises PlatformFailure without a network, with a full disk, or when a jar is not what the lock says.
    """
    downloads = downloads.resolve()
    with _alone(downloads):
        jars = [jar for program in programs for jar in locked(program)]
        missing = [jar for jar in jars if not jar.is_whole(_path(jar, downloads))]
        if missing:
            _fetch_all(missing, downloads)
    return {program: [_path(jar, downloads) for jar in jars if jar.program == program] for program in programs}


def _fetch_all(jars: Sequence[Jar], downloads: Path) -> None:
    interrupted = Event()
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, TimeRemainingColumn()) as progress, ThreadPoolExecutor(AT_ONCE) as pool:
        names = ", ".join(dict.fromkeys(jar.program for jar in jars))
        task = progress.add_task(f"Fetching {names}", total=sum(jar.size for jar in jars))

        def advance(count: int) -> None:
            if interrupted.is_set():
                raise CancelledError
            progress.advance(task, count)

        arrivals = [pool.submit(_fetch_one, jar, downloads, advance) for jar in jars]
        try:
            for arrival in as_completed(arrivals):
                arrival.result()
        except BaseException:
            interrupted.set()
            pool.shutdown(cancel_futures=True)
            raise


def _fetch_one(jar: Jar, downloads: Path, advance: Callable[[int], None]) -> None:
    @contextmanager
    def report(_name: str, _size: int) -> Iterator[Callable[[int], None]]:
        yield advance

    path = _path(jar, downloads)
    path.unlink(missing_ok=True)
    try:
        _artifact(jar, MavenContext(PythonResolver(progress_callback=report), downloads, [], timeout=TIMEOUT_SECONDS))
    except (RequestException, RuntimeError) as failure:
        message = f"{jar.coordinate} could not be fetched: check this machine's network and try again."
        raise PlatformFailure(message) from failure
    if not jar.is_whole(path):
        path.unlink(missing_ok=True)
        message = f"{jar.coordinate} arrived but is not what jars.lock says: fetch again, and if it stays, tell us."
        raise PlatformFailure(message)


def _artifact(jar: Jar, maven: MavenContext) -> Path:
    group, artifact, version, classifier = (*jar.coordinate.split(":"), "")[:4]
    return maven.project(group, artifact).at_version(version).artifact(classifier=classifier).resolve()


def _path(jar: Jar, downloads: Path) -> Path:
    group, artifact, version, classifier = (*jar.coordinate.split(":"), "")[:4]
    name = "-".join(part for part in (artifact, version, classifier) if part)
    return downloads / group.replace(".", "/") / artifact / version / f"{name}.jar"


@contextmanager
def _alone(downloads: Path) -> Iterator[None]:
    downloads.mkdir(parents=True, exist_ok=True)
    with (downloads / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
