"""What the bodies of all routes have in common."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, PositiveInt

from chassis.faults import SAYS_SOMETHING

LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)
FAR_AWAY: Final = datetime(2200, 1, 1, tzinfo=UTC)

Words = Annotated[str, Field(min_length=1, max_length=2_000), SAYS_SOMETHING]
Moment = Annotated[AwareDatetime, Field(gt=LONG_AGO, lt=FAR_AWAY)]
Day = Annotated[date, Field(gt=LONG_AGO.date(), lt=FAR_AWAY.date())]
Link = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2_000)]


def example(**body: JsonValue) -> ConfigDict:
    """Return the configuration of a body that shows an example of it."""
    return ConfigDict(json_schema_extra={"examples": [body]})


class Asked(BaseModel):
    """What is sent in a body: nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class TakenBack(Asked):
    """Which fact is taken back: what was recorded last of it, and nothing else."""

    model_config = example(version=7)

    version: PositiveInt = Field(description="The version that the answer named when it was recorded.")
