"""The vault: a folder outside PostgreSQL whose few secrets lie encrypted under the master key.

What is destroyed here is gone, so this folder is never part of a backup.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SECRET_BYTES: Final = 32
_NONCE: Final = 12
_PARTIAL: Final = ".partial"


class VaultError(Exception):
    """The keyring cannot work with this vault; the text says what to do, in one line."""


class NotInVaultError(VaultError):
    """The vault holds no secret of that name."""


class Vault:
    """Named secrets of 32 bytes. A name appears whole or not at all, whenever the process is killed."""

    def __init__(self, folder: Path, master_key: bytes) -> None:
        self._folder = folder
        self._cipher = AESGCM(master_key)

    @classmethod
    def opened(cls, folder: Path, master_key_file: Path) -> Self:
        """Return the vault in `folder`, made when it is not there.

        Raises VaultError when the folder cannot be made, when the master key is missing or malformed, and when it does
        not open what the vault holds.
        """
        vault = cls(folder, read_master_key(master_key_file))
        _make(folder)
        for name in vault.names()[:1]:
            vault.read(name)
        return vault

    def names(self) -> list[str]:
        """Return the names of all secrets."""
        return sorted(path.name for path in self._folder.iterdir() if path.suffix != _PARTIAL)

    def read(self, name: str) -> bytes:
        """Return a secret.

        Raises NotInVaultError, or VaultError when the master key does not open it.
        """
        try:
            sealed = (self._folder / name).read_bytes()
        except FileNotFoundError:
            message = f"the vault {self._folder} does not hold {name}"
            raise NotInVaultError(message) from None
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except InvalidTag:
            message = f"the master key does not open {self._folder / name}: give the key that this vault was made with"
            raise VaultError(message) from None

    def write(self, name: str, secret: bytes) -> None:
        """Keep a new secret; on return it is on disk."""
        nonce = os.urandom(_NONCE)
        partial = self._folder / (name + _PARTIAL)
        with _written(partial) as descriptor:
            os.write(descriptor, nonce + self._cipher.encrypt(nonce, secret, name.encode()))
        partial.rename(self._folder / name)
        _flush(self._folder)

    def destroy(self, name: str) -> None:
        """Overwrite a secret and remove it; on return the disk has it no more."""
        partial = self._folder / (name + _PARTIAL)
        (self._folder / name).rename(partial)
        self._overwrite(partial)

    def keep_only(self, names: set[str]) -> None:
        """Destroy every other secret, and what an interrupted write or destruction left."""
        for partial in self._folder.glob("*" + _PARTIAL):
            self._overwrite(partial)
        for name in set(self.names()) - names:
            self.destroy(name)

    def _overwrite(self, path: Path) -> None:
        with _written(path) as descriptor:
            os.write(descriptor, os.urandom(os.fstat(descriptor).st_size))
        path.unlink()
        _flush(self._folder)


def read_master_key(path: Path) -> bytes:
    """Return the master key: 64 hexadecimal digits in a file.

    Raises VaultError when the file is missing or holds anything else.
    """
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except OSError as missing:
        message = f"the master key file {path} cannot be read ({missing.strerror}): set WAYMARK_MASTER_KEY_FILE"
        raise VaultError(message) from None
    except ValueError:
        key = b""
    if len(key) != SECRET_BYTES:
        message = f"the master key file {path} must hold 64 hexadecimal digits"
        raise VaultError(message)
    return key


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _flush(folder.parent)
    except OSError as failure:
        message = f"the vault {folder} cannot be made ({failure.strerror}): set WAYMARK_VAULT"
        raise VaultError(message) from None


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _written(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        yield descriptor
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
