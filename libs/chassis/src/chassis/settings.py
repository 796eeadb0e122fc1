"""What a service is told from outside, by environment variables that begin with WAYMARK_."""

from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where this process runs. Only demo and test give out tokens to whoever asks."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """The settings that every service has; a service adds its own in a subclass.

    Tracing is set up by the standard OTEL_ variables (see chassis.telemetry).
    """

    model_config = SettingsConfigDict(env_prefix="WAYMARK_", frozen=True, hide_input_in_errors=True)

    environment: Environment = Environment.PRODUCTION
    database: str = Field(repr=False, description="Connection string of the application's role, which owns nothing.")
    owner_database: str = Field("", repr=False, description="Connection string of the owner, for migrations only.")
    kafka: str = Field(description="Bootstrap servers, host:port separated by commas.")
    topic_prefix: str = Field("", description="Put before every topic and consumer group.")
    keyring_url: str = Field("", description="Where the keyring answers.")
    jwks: str = Field(description="Path or URL of the public keys that sign tokens (a JWK set).")
    issuer: str = Field("waymark", description="Who issues the tokens of people.")
    identity_key: Path = Field(description="This service's own private key (a JWK), signs its tokens to others.")
    request_hash_key: SecretStr = Field(min_length=32, description="Keys the hash kept of a request, never its body.")
    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535, description="0 takes any free port.")
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Where /metrics and /health are for operators; 0: nowhere."
    )
    body_limit: PositiveInt = Field(1024 * 1024, description="Largest request body in bytes.")
    access_log: bool = Field(default=True, description="One line for each request: never a query string or a body.")
    timezone: ZoneInfo = Field(ZoneInfo("Europe/London"), description="The programme's time zone, for dates.")
