"""Whom PostgreSQL runs as: it refuses to run as root, and nothing may be widened or created for its sake."""

import hashlib
import os
import pwd
import shutil
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

    def own(self, path: Path) -> None:
        """Give the path to this account."""
        os.chown(path, self.user, self.group)


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
    return _shelter_of(folder) / hashlib.sha256(str(folder).encode()).hexdigest()[:16]


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
    SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=SHELTER))
    shutil.copytree(package, unfinished / package.name, symlinks=True, ignore=shutil.ignore_patterns("include", "doc"))
    shutil.copytree(libraries, unfinished / libraries.name)
    unfinished.chmod(0o755)
    unfinished.rename(copy)


def _shelter_of(folder: Path) -> Path:
    temporary = Path(tempfile.gettempdir()).resolve()
    return temporary / "waymark" if folder.is_relative_to(temporary) else SHELTER
