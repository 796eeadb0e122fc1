"""`make prove` takes long; that its patches still fit what they are to remove is checked here."""

import subprocess
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROOFS = tomllib.loads((HERE / "proofs.toml").read_text())["proof"]


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: str(proof["patch"]))
def test_a_patch_fits_and_its_test_is_there(proof: dict[str, str]) -> None:
    outcome = subprocess.run(
        ["git", "apply", "--check", HERE / proof["patch"]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    file, _, name = proof["test"].partition("::")
    assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_every_patch_has_its_line() -> None:
    assert {proof["patch"] for proof in PROOFS} == {patch.name for patch in HERE.glob("*.patch")}
