"""Remove each mechanism in turn, in a copy of the repository: its test must fail, and pass with the mechanism in place.

`python -m tests.prove.run [WORD]`: only the proofs whose patch has WORD in its name.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

ROOT: Final = Path(__file__).parents[2]
LOG: Final = ROOT / ".waymark" / "prove.log"
Proof = dict[str, str]


def main(word: str = "") -> int:
    """Try every proof; return how many do not hold."""
    proofs = tomllib.loads(Path(__file__).with_name("proofs.toml").read_text())["proof"]
    chosen: list[Proof] = [proof for proof in proofs if word in proof["patch"]]
    console = Console()
    table = Table("guarantee", "without", "test", "outcome")
    with tempfile.TemporaryDirectory(prefix="waymark-prove-") as folder:
        copy = copied(Path(folder))
        if " passed" not in run_tests(copy, sorted({proof["test"] for proof in chosen})):
            console.print("The tests do not pass with every mechanism in place: nothing can be proved.")
            return 1
        verdicts = [proves(copy, proof, console) for proof in chosen]
    for proof, proved in zip(chosen, verdicts, strict=True):
        outcome = "[green]fails, as it must" if proved else "[red]NOT PROVED"
        table.add_row(proof["guarantee"], proof["what"], proof["test"].partition("::")[2], outcome)
    console.print(table)
    return verdicts.count(False)


def copied(folder: Path) -> Path:
    """Return a copy of the files that git does not ignore, as they are now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def proves(copy: Path, proof: Proof, console: Console) -> bool:
    """Return whether the test fails, in whatever way its own assertions or time limit say, while the patch is in."""
    patch = Path(__file__).with_name(proof["patch"])
    with console.status(f"without {proof['what']}"):
        if subprocess.run(["git", "apply", patch], cwd=copy, check=False).returncode:
            return False
        try:
            return " failed" in run_tests(copy, [proof["test"]])
        finally:
            subprocess.run(["git", "apply", "--reverse", patch], cwd=copy, check=True)


def run_tests(copy: Path, tests: list[str]) -> str:
    """Run tests on the sources of the copy until one fails; return how pytest sums it up."""
    sources = os.pathsep.join(str(source) for pattern in ("*/*/src", "*/src") for source in copy.glob(pattern))
    state = os.environ.get("WAYMARK_STATE", str(ROOT / ".waymark"))
    environment = {**os.environ, "PYTHONPATH": sources, "WAYMARK_STATE": state, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", *tests]
    outcome = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a") as log:
        log.write(outcome.stdout + outcome.stderr)
    return outcome.stdout.rstrip().rpartition("\n")[2]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
