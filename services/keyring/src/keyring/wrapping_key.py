"""A wrapping key: what data keys and index digests lie under in the database, until the next rotation."""

import os
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

MARK: Final = b"wrapped1"
WRAPPED_BYTES: Final = len(MARK) + 12 + 32 + 16
DIGEST_BYTES: Final = 16
_NONCE: Final = 12


@dataclass(frozen=True)
class WrappingKey:
    """AES-256 under an id. A wrapped key is bound to its own id and person, so rows cannot be exchanged."""

    id: UUID
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Make a random one."""
        return cls(uuid4(), AESGCM.generate_key(256))

    def wrap(self, data_key: bytes, key_id: UUID, person: UUID) -> bytes:
        """Return a data key as the database may hold it."""
        nonce = os.urandom(_NONCE)
        return MARK + nonce + self._cipher.encrypt(nonce, data_key, key_id.bytes + person.bytes)

    def unwrap(self, wrapped: bytes, key_id: UUID, person: UUID) -> bytes:
        """Return the data key. Raises cryptography's InvalidTag for any other key, id or person."""
        start = len(MARK) + _NONCE
        return self._cipher.decrypt(wrapped[len(MARK) : start], wrapped[start:], key_id.bytes + person.bytes)

    def cover(self, digests: bytes) -> bytes:
        """Return digests of 16 bytes, laid end to end, as the database may hold them: equal stays equal."""
        encryptor = self._permutation.encryptor()
        return encryptor.update(digests) + encryptor.finalize()

    def uncover(self, covered: bytes) -> bytes:
        """Return the digests that `cover` was given."""
        decryptor = self._permutation.decryptor()
        return decryptor.update(covered) + decryptor.finalize()

    def __post_init__(self) -> None:
        index_secret = HKDFExpand(SHA256(), length=32, info=b"waymark blind index").derive(self.secret)
        # Each digest is one block that looks random already, so a plain permutation of blocks leaks nothing more.
        permutation = Cipher(AES256(index_secret), ECB())  # noqa: S305
        object.__setattr__(self, "_cipher", AESGCM(self.secret))
        object.__setattr__(self, "_permutation", permutation)

    _cipher: AESGCM = field(init=False, repr=False, compare=False)
    _permutation: Cipher[ECB] = field(init=False, repr=False, compare=False)
