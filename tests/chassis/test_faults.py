"""What is wrong with what was sent is said in plain words with its numbers; and words say something."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from chassis.faults import SAYS_SOMETHING, in_a_sentence


class Size(StrEnum):
    """A choice."""

    SMALL = "small"


LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class Form(BaseModel):
    """Everything that a form asks for."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=2_000), SAYS_SOMETHING] = "a"
    code: Annotated[str, Field(pattern="^a+$")] = "a"
    name: Annotated[str, Field(min_length=3)] = "abc"
    hours: Annotated[float, Field(gt=0, le=60)] = 1
    miles: Annotated[int, Field(ge=0, lt=2_000)] = 1
    pay: Annotated[Decimal, Field(max_digits=6, decimal_places=2)] = Decimal(1)
    day: Annotated[date, Field(gt=LONG_AGO.date())] = date(2026, 3, 2)
    moment: Annotated[AwareDatetime, Field(lt=datetime(2200, 1, 1, tzinfo=UTC))] = LONG_AGO
    size: Size = Size.SMALL
    way: Literal["phone"] = "phone"
    told: bool = True
    who: UUID = UUID(int=1)
    many: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]


class Needed(BaseModel):
    """A form with a field that has to be there."""

    text: str


def faults(form: type[BaseModel], **told: Any) -> list[str]:
    with pytest.raises(ValidationError) as wrong:
        form.model_validate_json(json.dumps(told))
    return [in_a_sentence(fault) for fault in wrong.value.errors()]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", "a" * 24_400, "It is too long: 2,000 characters at most, you wrote 24,400"),
        ("text", "", "It is empty"),
        ("text", "  \n ", "It has no words"),
        ("text", "\u200b\u00a0\u2028", "It has no words"),
        ("text", 5, "It is not text"),
        ("code", "b", "It is not written as it should be"),
        ("name", "ab", "It is too short: 3 characters at least, you wrote 2"),
        ("hours", 0, "It has to be more than 0"),
        ("hours", 61, "It has to be 60 or less"),
        ("hours", "many", "It is not a number"),
        ("miles", -1, "It has to be 0 or more"),
        ("miles", 3_000, "It has to be less than 2,000"),
        ("miles", 1.5, "It is not a whole number"),
        ("miles", "far", "It is not a whole number"),
        ("pay", "1.234", "It has more than 2 digits after the point"),
        ("pay", "lots", "It is not a number"),
        ("pay", "1234567", "It has too many digits"),
        ("day", "soon", "It is not a day, like 2026-03-31"),
        ("day", "2026-02-30", "It is not a day, like 2026-03-31"),
        ("day", "1800-01-01", "It has to be after 1 January 1900"),
        ("moment", "soon", "It is not a day and a time, like 2026-03-31T14:30:00Z"),
        ("moment", "2026-03-31T14:30:00", "Its time zone is missing"),
        ("moment", "2300-01-01T00:00:00Z", "It has to be before 1 January 2200"),
        ("size", "huge", "It is none of the choices"),
        ("way", "by pigeon", "It is none of the choices"),
        ("told", "perhaps", "It is neither yes nor no"),
        ("who", "me", "It is not a UUID"),
        ("many", [], "There are too few: 1 at least"),
        ("many", [1, 2, 3], "There are too many: 2 at most"),
        ("many", "all", "It is not a list"),
        ("other", 1, "It is not known here"),
    ],
)
def test_a_fault_is_said_in_plain_words_with_its_numbers(field: str, value: object, words: str) -> None:
    assert faults(Form, **{field: value}) == [words]


def test_what_is_missing_is_said_to_be_needed() -> None:
    assert faults(Needed) == ["It is needed"]


@pytest.mark.parametrize("text", ["a", " a ", "?", "\U0001f44d", "\u2003\u00e9"])
def test_words_are_kept_as_they_were_written(text: str) -> None:
    assert Form(text=text).text == text
