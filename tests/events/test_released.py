"""What the last release could read and write, this version can; and the check that says so bites."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsoncompat
import pytest
from pydantic import BaseModel, create_model

from events.catalogue import every_fact
from events.fact import type_read_as

RELEASED = {
    path.stem: json.loads(path.read_text())
    for path in (Path(__file__).parents[2] / "libs/events/released").glob("*.json")
}


def closed(schema: Any, *, closing: bool = True) -> Any:
    """Return the schema with every object closed (a writer's side) or open (a reader's side)."""
    match schema:
        case {"properties": _}:
            inner = {name: closed(part, closing=closing) for name, part in schema.items()}
            return {**inner, "additionalProperties": not closing}
        case dict():
            return {name: closed(part, closing=closing) for name, part in schema.items()}
        case list():
            return [closed(part, closing=closing) for part in schema]
    return schema


def new_reads_old(old: Any, new: Any) -> bool:
    """Whether the code of today reads every fact stored before."""
    return jsoncompat.check_compat(json.dumps(closed(old)), json.dumps(closed(new, closing=False)), "deserializer")


def old_reads_new(old: Any, new: Any) -> bool:
    """Whether a reader deployed before survives the facts of today."""
    return jsoncompat.check_compat(json.dumps(closed(old, closing=False)), json.dumps(closed(new)), "serializer")


@pytest.mark.parametrize("type_name", RELEASED)
def test_a_released_fact_stays_readable(type_name: str) -> None:
    assert type_read_as(type_name) is not None


@pytest.mark.parametrize("type_name", RELEASED.keys() & every_fact().keys())
def test_a_released_fact_changes_only_so_that_both_sides_go_on_reading(type_name: str) -> None:
    released, today = RELEASED[type_name], every_fact()[type_name].model_json_schema()
    assert (new_reads_old(released, today), old_reads_new(released, today)) == (True, True)


class Colour(StrEnum):
    """The words of a list as released."""

    RED = "red"
    BLUE = "blue"


class MoreColour(StrEnum):
    """The same list with a word added."""

    RED = "red"
    BLUE = "blue"
    GREEN = "green"


class Before(BaseModel):
    """A fact as it was released."""

    size: int
    colour: Colour
    note: str | None = None


def changed(**fields: Any) -> Any:
    """Return the schema of `Before` with these fields in place of its own."""
    kept: dict[str, Any] = {name: (field.annotation, field) for name, field in Before.model_fields.items()}
    after = {name: field for name, field in {**kept, **fields}.items() if field is not None}
    return create_model("After", **after).model_json_schema()


@pytest.mark.parametrize(
    ("after", "readable"),
    [
        pytest.param(changed(), (True, True), id="the same"),
        pytest.param(changed(weight=(int | None, None)), (True, True), id="an optional field added"),
        pytest.param(changed(weight=(int, ...)), (False, True), id="a required field added"),
        pytest.param(changed(size=None), (True, False), id="a required field removed"),
        pytest.param(changed(size=(str, ...)), (False, False), id="a field of another type"),
        pytest.param(changed(note=(str, ...)), (False, True), id="an optional field required"),
        pytest.param(changed(colour=(MoreColour, ...)), (True, False), id="a word added to a list"),
    ],
)
def test_the_check_tells_which_side_a_change_breaks(after: Any, readable: tuple[bool, bool]) -> None:
    before = Before.model_json_schema()
    assert (new_reads_old(before, after), old_reads_new(before, after)) == readable
