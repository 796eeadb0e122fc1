"""A changed fold forces a rebuild: whatever runs in a service's folds is in the hash of its view."""

import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any, Final
from uuid import UUID

import pytest

from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.envelope import JOURNEY
from events.fact import read, type_read_as
from tests.envelope import Envelope

ROOT: Final = Path(__file__).parents[2]
GOLDEN: Final = sorted((ROOT / "libs/events/golden").glob("waymark.*.json"))
OURS: Final = {"events", "chassis", *(path.name for path in (ROOT / "services").iterdir())}
HEARING: Final = "chassis.listen.told"
ID: Final = UUID("6f0d2b64-3c43-4a62-9f4f-0a52d3f9d1aa")
NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


def views() -> Iterator[View]:
    for path in sorted((ROOT / "services").iterdir()):
        if (path / "src" / path.name / "views").exists():
            yield from importlib.import_module(f"{path.name}.main").VIEWS


VIEWS: Final = list(views())


def told(view: View) -> Iterator[Told]:
    """Yield every golden fact that a view hears, told once: all of one aggregate."""
    for version, path in enumerate(GOLDEN, 1):
        name = ".".join(path.name.split(".")[:4])
        if type_read_as(name) in view.facts:
            words = Envelope(f"{ID}:{version}", "caseload", name, ID, NOON, NOON, version, 0, "c", "c", "a", "", ID)
            record: Any = SimpleNamespace(
                headers=words.headers(), topic=JOURNEY, partition=0, offset=version, key=b"", value=path.read_bytes()
            )
            assert read(name, record.value)
            yield Told(record)


def fold_all(table: Table[Any], facts: list[Told]) -> int:
    """Fold facts in two rounds, since a row may come late; return how many were folded."""
    row, folded = None, 0
    for fact in facts * 2:
        assert fact.fact
        try:
            if table.key(fact) is not None:
                row = table.fold(row, fact)
                folded += 1
        except LookupError:
            continue
    return folded


def ran_in(view: View) -> set[str]:
    """Return the modules of ours in which anything ran while a view folded."""
    modules: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            modules.add(frame.f_globals.get("__name__", ""))

    for table in view.tables:
        facts = list(told(view))
        assert [fact.fact for fact in facts]
        sys.setprofile(note)
        try:
            folded = fold_all(table, facts)
        finally:
            sys.setprofile(None)
        assert folded
    return {module for module in modules - {HEARING} if module.partition(".")[0] in OURS}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_module_that_runs_in_a_fold_is_in_its_views_hash(view: View) -> None:
    ran = ran_in(view)
    assert ran
    assert ran <= view.modules


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("caseload", "caseload.case_status"),
        ("caseload", "caseload.action"),
        ("caseload", "events.caseload"),
        ("today", "events.coaching"),
        ("applications", "jobsearch.stages"),
        ("situation", "events.nudges"),
        ("journeys", "events.caseload"),
        ("facts", "events.sealed"),
    ],
)
def test_what_a_fold_calls_elsewhere_is_found(name: str, module: str) -> None:
    assert module in next(view for view in VIEWS if view.name == name).modules
