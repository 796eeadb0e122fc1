"""Words that an organisation publishes for everybody, as a vacancy's title: the only free text that is not sealed."""

from typing import Annotated, Final

from pydantic import Field

LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 20_000

PublishedLine = Annotated[str, Field(max_length=LONGEST_LINE, json_schema_extra={"format": "published"})]
PublishedText = Annotated[str, Field(max_length=LONGEST_TEXT, json_schema_extra={"format": "published"})]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""A short name that a program gave: a course, a kind of nudge, a version of a ranker. Never a person's words."""
