"""One example of every fact of every version is kept for ever, and must stay readable for ever."""

import hashlib
from pathlib import Path

import pytest

from events.catalogue import every_fact
from events.fact import names_read_as, read, type_read_as

GOLDEN = Path(__file__).parents[2] / "libs/events/golden"
RELEASED = GOLDEN.parent / "released"
EXAMPLES = sorted(GOLDEN.glob("*.json"))
RECORDED = [line.split() for line in (GOLDEN / "SHA256SUMS").read_text().splitlines()]


def type_name_of(example: Path) -> str:
    """`waymark.x.Y.v1.json` is the first example of a version, `waymark.x.Y.v1.why.json` a later one."""
    return ".".join(example.name.split(".")[:4])


@pytest.mark.parametrize(("digest", "name"), RECORDED, ids=[name for _, name in RECORDED])
def test_an_example_once_kept_is_never_changed_or_taken_away(digest: str, name: str) -> None:
    assert hashlib.sha256((GOLDEN / name).read_bytes()).hexdigest() == digest


def test_every_example_is_recorded_once_with_its_digest() -> None:
    assert sorted(name for _, name in RECORDED) == [example.name for example in EXAMPLES]


def test_every_version_that_was_released_or_is_read_today_has_an_example() -> None:
    released = {schema.stem for schema in RELEASED.glob("*.json")}
    readable = set[str]().union(*(names_read_as(fact) for fact in every_fact().values()))
    assert (released | readable) - {type_name_of(example) for example in EXAMPLES} == set()


@pytest.mark.parametrize("type_name", every_fact())
def test_every_field_of_every_fact_stands_in_an_example(type_name: str) -> None:
    facts = [read(type_name, example.read_bytes()) for example in EXAMPLES if type_name_of(example) == type_name]
    shown = set().union(*(fact.model_dump(exclude_none=True) for fact in facts))
    assert shown == set(every_fact()[type_name].model_fields)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_read_as_the_fact_of_today(example: Path) -> None:
    type_name = type_name_of(example)
    assert type(read(type_name, example.read_bytes())) is type_read_as(type_name)


@pytest.mark.parametrize(
    "example", [e for e in EXAMPLES if type_name_of(e) in every_fact()], ids=lambda example: example.name
)
def test_an_example_of_a_version_in_use_is_written_again_byte_for_byte(example: Path) -> None:
    raw = example.read_bytes()
    assert read(type_name_of(example), raw).model_dump_json(exclude_none=True).encode() == raw
