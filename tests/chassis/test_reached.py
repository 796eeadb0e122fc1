"""What a fold is made of is found by following its names."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from chassis.listen import views
from chassis.listen.reached import modules_reached, text_of
from chassis.listen.views import Table, View


@dataclass
class VisitRow:
    id: str


ROWS: Final = """
from functools import cache, partial
from typing import TYPE_CHECKING

from planted import counted
from planted.bases import Base
from planted.closed import enclosed
from planted.constants import LIMIT
from planted.handlers import first, second
from planted.kept import remembered
from planted.queries import asked
from planted.words import Word
import planted.whole

if TYPE_CHECKING:
    from planted.types import Type

HANDLERS = {int: first, str: partial(second, LIMIT)}


class Row(Base):
    @property
    def word(self) -> str:
        return Word(self).text


def fold(row: "Type | None", told: object) -> Row:
    row = row or Row()
    HANDLERS[type(told)](row)
    remembered(told)
    planted.whole.count()
    return enclosed(row) if any(counted(part) for part in told) else row


def query() -> object:
    return asked()
"""
CLOSED: Final = """
from planted.inner import inner


def outer(call):
    def called(row):
        return call(row)

    return called


enclosed = outer(inner)
"""
MODULES: Final = {
    "__init__": "from planted.counting import counted\n",
    "bases": "class Base: ...\n",
    "closed": CLOSED,
    "constants": "LIMIT = 5\n",
    "counting": "def counted(part): return True\n",
    "handlers": "from planted.deeper import deep\ndef first(row): deep()\ndef second(limit, row): ...\n",
    "deeper": "def deep(): ...\n",
    "inner": "def inner(row): return row\n",
    "kept": "from functools import cache\n@cache\ndef remembered(told): ...\n",
    "queries": "def asked(): ...\n",
    "types": "class Type: ...\n",
    "whole": "def count(): ...\n",
    "words": "class Word:\n    def __init__(self, row): self.text = ''\n",
    "rows": ROWS,
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    folder = tmp_path_factory.mktemp("planted")
    package = folder / "planted"
    package.mkdir()
    for name, text in MODULES.items():
        (package / f"{name}.py").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module("planted.rows")
    for name in [name for name in sys.modules if name.partition(".")[0] == "planted"]:
        del sys.modules[name]


def test_everything_that_a_fold_calls_is_found_and_nothing_else(rows: object) -> None:
    reached = modules_reached([vars(rows)["fold"], vars(rows)["Row"]])
    found = {
        "rows",
        "bases",
        "closed",
        "constants",
        "counting",
        "handlers",
        "deeper",
        "inner",
        "kept",
        "whole",
        "words",
    }
    assert reached == {f"planted.{name}" for name in found} | {"planted"}


def test_a_change_of_a_module_that_a_fold_reaches_changes_its_views_hash(
    rows: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table("row", VisitRow, lambda told: told.id, vars(rows)["fold"])
    before = View("rows", (), (table,)).fold_hash
    for module in ("planted.deeper", "planted.queries"):
        monkeypatch.setattr(views, "text_of", lambda name, m=module: text_of(name) + "# changed" * (name == m))
        assert (View("rows", (), (table,)).fold_hash != before) == (module == "planted.deeper")


def test_the_text_of_a_module_is_its_source(rows: object) -> None:
    assert text_of("planted.rows") == ROWS
    assert rows
