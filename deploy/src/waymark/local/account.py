"""Whom PostgreSQL runs as: it refuses to run as root, and nothing may be widened or created for its sake."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from waymark.local.failure import PlatformFailure

SHELTER = Path("/var/lib/waymark")


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    user: int
    group: int

    def reaches(self, folder: Path) -> bool:
        """Whether this account can pass through every folder down to and including this one."""
        return all(self._enters(step) for step in (folder, *folder.parents) if step.exists())

    def _enters(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.user:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.group else 0o001))


def unprivileged() -> Account | None:
    """Return `nobody` when this process is root; None when it is already an ordinary user."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as absent:
        message = "PostgreSQL does not run as root and this machine has no account 'nobody': run as an ordinary user."
        raise PlatformFailure(message) from absent
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable(folder: Path, account: Account | None) -> Path:
    """Return the folder itself where the account can enter it, else one of the same identity outside.

    A clone below /root cannot be entered by anybody else; its database then lives in `/var/lib/waymark`.
    """
    folder = folder.resolve()
    if account is None or account.reaches(folder):
        return folder
    temporary = Path(tempfile.gettempdir()).resolve()
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return temporary / f"waymark-{digest}" if folder.is_relative_to(temporary) else SHELTER / digest


def make_enterable(folder: Path) -> None:
    """Make the folder, and those above it that are missing, so that every account can pass through."""
    for step in reversed([folder, *folder.parents]):
        if not step.exists():
            step.mkdir(exist_ok=True)
            step.chmod(0o755)


def make_private(folder: Path, account: Account | None) -> None:
    """Make a folder that the account alone can enter.

    Raises PlatformFailure when somebody else made one of that name, as anybody could in a temporary folder.
    """
    owner = account.user if account else os.geteuid()
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.user, account.group, follow_symlinks=False)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner:
        message = f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own."
        raise PlatformFailure(message)


def programs(package: Path, libraries: Path, account: Account | None) -> Path:
    """Return the installed package where the account can enter it, else a copy of it that the account can."""
    if account is None or account.reaches(package):
        return package
    identity = hashlib.sha256(f"{package} {package.stat().st_mtime_ns}".encode()).hexdigest()[:16]
    copy = SHELTER / f"programs-{identity}"
    if not copy.exists():
        _copy_whole(package, libraries, copy)
    return copy / package.name


def _copy_whole(package: Path, libraries: Path, copy: Path) -> None:
    """Make the copy appear as a whole, once, whichever process is first."""
    make_enterable(SHELTER)
    unfinished = Path(tempfile.mkdtemp(dir=SHELTER))
    shutil.copytree(package, unfinished / package.name, symlinks=True, ignore=shutil.ignore_patterns("include", "doc"))
    shutil.copytree(libraries, unfinished / libraries.name)
    unfinished.chmod(0o755)
    try:
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished)
        if not copy.exists():
            raise
