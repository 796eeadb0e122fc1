import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = sorted(
    path.relative_to(ROOT) for group in ("libs/*", "services/*", "*") for path in ROOT.glob(f"{group}/src")
)
CONTRACTS: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
HELD: Final = {package for contract in CONTRACTS if contract.get("exhaustive") for package in contract["containers"]}
# A module, and what it must not import; None for a module that no layer has a place for.
VIOLATIONS: Final = {
    "a service that knows another": ("caseload.case", "referrals.referral"),
    "a fact that knows the chassis": ("events.referrals", "chassis.clock"),
    "a fact that knows another service's": ("events.learning", "events.nudges"),
    "a rule that knows where it is stored": ("caseload.case", "chassis.store"),
    "a rule of learning that knows the database": ("learning.course", "chassis.database"),
    "a rule of nudges that knows who listens": ("nudges.nudge", "chassis.listen"),
    "a rule about outcomes that knows who asks": ("analytics.outcome_rules", "chassis.http"),
    "a store that knows who listens": ("chassis.store", "chassis.listen.views"),
    "a fact told that knows its feed": ("chassis.listen.told", "chassis.listen.feed"),
    "a platform that knows its operator": ("waymark.local.ports", "waymark.operator.token"),
    "a port that knows the supervisor": ("waymark.local.ports", "waymark.local.supervisor"),
    "a view that gives commands": ("caseload.views.timeline", "caseload.commands"),
    "a part of Today that knows the whole": ("caseload.views.today_work", "caseload.views.today"),
    "a reason that knows the queue": ("caseload.today.reason", "caseload.today.queue"),
    "words of a page that know a page": ("gateway.web.words", "gateway.web.home"),
    "a nudge that decides about a standard": ("caseload.service_standards", "events.nudges"),
    **{
        f"a module in no layer of {package}": (f"{package}.helpers", None)
        for package in (
            "chassis",
            "chassis.listen",
            "events",
            "referrals",
            "simulator",
            "waymark.local",
            "waymark.operator",
            "gateway.web",
            "caseload.views",
            "caseload.commands",
            "caseload.routes",
            "jobsearch.views",
        )
    },
}


def contracts_hold(folder: Path) -> tuple[bool, str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(folder / source) for source in SOURCES),
        "COLUMNS": "400",
    }
    checked = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Contracts" in checked.stdout, checked.stdout + checked.stderr
    return checked.returncode == 0, checked.stdout


def copied(folder: Path) -> Path:
    for source in SOURCES:
        shutil.copytree(ROOT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def file_of(folder: Path, module: str) -> Path:
    package, *parts = module.split(".")
    source = next(source for source in SOURCES if (folder / source / package).is_dir())
    return (folder / source / package).joinpath(*parts).with_suffix(".py")


def test_the_contracts_hold(tmp_path: Path) -> None:
    held, report = contracts_hold(copied(tmp_path))
    assert held, report


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Plant all violations in one copy, and return what is said of it."""
    folder = copied(tmp_path_factory.mktemp("planted"))
    for module, other in VIOLATIONS.values():
        path = file_of(folder, module)
        path.write_text(f"import {other}\n{path.read_text()}" if other else '"""Odds and ends."""\n')
    held, said = contracts_hold(folder)
    assert not held
    return said


@pytest.mark.parametrize(("module", "other"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_planted_violation_breaks_the_contracts(report: str, module: str, other: str | None) -> None:
    assert (f"{module} -> {other} " if other else f"- {module}\n") in report


def test_every_package_has_a_contract_that_knows_all_its_modules() -> None:
    files = [path.relative_to(ROOT / source) for source in SOURCES for path in (ROOT / source).rglob("*.py")]
    packages = {".".join(path.parent.parts) for path in files if path.name != "__init__.py"}
    assert packages - HELD == set()
