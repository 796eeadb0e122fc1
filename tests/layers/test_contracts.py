import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ["libs/events/src", "libs/chassis/src", *(f"services/{s}/src" for s in ("keyring", "referrals", "caseload"))]

VIOLATIONS = {
    "a service that knows another": ("services/caseload/src/caseload/case.py", "import referrals.referral\n"),
    "a module in no layer": ("services/referrals/src/referrals/utils.py", ""),
    "a fact that knows the chassis": ("libs/events/src/events/referrals.py", "import chassis.clock\n"),
    "a rule that knows where it is stored": ("services/caseload/src/caseload/case.py", "import chassis.store\n"),
    "a store that knows who listens": ("libs/chassis/src/chassis/store.py", "import chassis.listen.views\n"),
    "a chassis module in no layer": ("libs/chassis/src/chassis/helpers.py", ""),
    "a fact told that knows its feed": ("libs/chassis/src/chassis/listen/told.py", "import chassis.listen.feed\n"),
    "a listening module in no layer": ("libs/chassis/src/chassis/listen/helpers.py", ""),
    "a platform that knows its operator": ("deploy/src/waymark/local/ports.py", "import waymark.operator.token\n"),
    "a view that gives commands": ("services/caseload/src/caseload/views/timeline.py", "import caseload.commands\n"),
}


def contracts_hold(folder: Path) -> bool:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    paths = os.pathsep.join(str(folder / source) for source in [*SOURCES, "deploy/src"])
    checked = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert "Contracts" in checked.stdout, checked.stdout + checked.stderr
    return checked.returncode == 0


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for source in [*SOURCES, "deploy/src"]:
        shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(copied: Path) -> None:
    assert contracts_hold(copied)


@pytest.mark.parametrize(("path", "line"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_planted_violation_breaks_the_contracts(copied: Path, path: str, line: str) -> None:
    module = copied / path
    module.write_text(line + module.read_text() if module.exists() else '"""Odds and ends."""\n' + line)
    assert not contracts_hold(copied)
