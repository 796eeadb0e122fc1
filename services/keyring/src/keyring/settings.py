"""What the keyring is told from outside."""

from pathlib import Path

from pydantic import Field

from chassis.settings import ServiceSettings


class KeyringSettings(ServiceSettings):
    """The keyring's own settings beside those of every service."""

    master_key_file: Path = Field(description="The master key: 64 hexadecimal digits. In production, from a KMS.")
    vault: Path = Field(description="Folder of the wrapping keys: outside PostgreSQL, and in no backup.")
