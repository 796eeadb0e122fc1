"""What the analytics service is told from outside."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from pydantic import Field

from chassis.settings import ServiceSettings


class AnalyticsSettings(ServiceSettings):
    """The settings of every service, and what people and programmes are told apart and judged by."""

    teams: Mapping[UUID, str] = Field({}, description="The team of each coach, as JSON.")
    programmes: Mapping[UUID, str] = Field({}, description="The contract of each programme by its name, as JSON.")
    usual_contract: str = Field("restart", description="The contract of every other programme.")
    contracts: Path | None = Field(None, description="A file of contracts in the place of the packaged one.")
    exports: Path = Field(Path("exports"), description="The folder that exports are written into.")
