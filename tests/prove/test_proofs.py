"""Every proof is still about something: its patch fits the sources of today, and its test is there."""

import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PROOFS = tomllib.loads((HERE / "proofs.toml").read_text())["proof"]


def test_every_patch_proves_something() -> None:
    assert {path.name for path in HERE.glob("*.patch")} == {proof["patch"] for proof in PROOFS}


@pytest.mark.parametrize("proof", PROOFS, ids=[proof["patch"] for proof in PROOFS])
def test_a_proof_fits_the_sources_and_names_a_test(proof: dict[str, str]) -> None:
    patch = HERE / proof["patch"]
    fits = subprocess.run(["git", "apply", "--check", patch], cwd=ROOT, capture_output=True, text=True, check=False)
    assert fits.returncode == 0, fits.stderr

    file, _, name = proof["test"].partition("::")
    assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()
