"""What the routes about a person take. Refused input is told by its place, never by its value."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2099, 12, 31, tzinfo=UTC))]


def example(**body: JsonValue) -> ConfigDict:
    """Return the configuration of a form that shows an example."""
    return ConfigDict(json_schema_extra={"examples": [body]})


class Form(BaseModel):
    """A request body: no field that nobody reads, and no value in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
