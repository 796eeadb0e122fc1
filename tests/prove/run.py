"""Remove each mechanism in turn, in a copy of the repository: its test must fail, and pass with the mechanism in place.

`python -m tests.prove.run [WORD]`: only the proofs whose patch has WORD in its name. Two are tried at a time, each in
a copy of its own. How long a test may take without its mechanism follows from how long it took with it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

ROOT: Final = Path(__file__).parents[2]
LOG: Final = ROOT / ".waymark" / "prove.log"
AT_ONCE: Final = 2
LEAST_SECONDS: Final = 60
LONGER: Final = 5
Proof = dict[str, str]


def main(word: str = "") -> int:
    """Try every proof; return how many do not hold."""
    proofs = tomllib.loads(Path(__file__).with_name("proofs.toml").read_text())["proof"]
    chosen: list[Proof] = [proof for proof in proofs if word in proof["patch"]]
    console = Console()
    if not chosen:
        console.print(f"No patch of tests/prove has {word} in its name.")
        return 1
    with tempfile.TemporaryDirectory(prefix="waymark-prove-") as folder:
        copies = [copied(Path(folder) / str(number)) for number in range(AT_ONCE)]
        tests = sorted({proof["test"] for proof in chosen})
        with console.status(f"running {len(tests)} tests with every mechanism in place"):
            seconds = healthy_seconds(copies[0], tests)
        if not seconds:
            console.print(f"With every mechanism in place not all of these tests pass, so nothing is proved: see {LOG}")
            return 1
        verdicts = verdicts_on(chosen, copies, seconds)
    table = Table("guarantee", "without", "test", "outcome")
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


def healthy_seconds(copy: Path, tests: Sequence[str]) -> dict[str, float]:
    """Run tests with every mechanism in place; return how long each took by its name, none when one failed."""
    report = copy / "report.xml"
    workers = ["-n", str(AT_ONCE), "--dist", "loadgroup", "--no-loadscope-reorder"]
    if run_tests(copy, [*tests, *workers, f"--junitxml={report}"]).returncode:
        return {}
    seconds: dict[str, float] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  (pytest wrote it just now)
        name = re.split(r"[\[@]", case.attrib["name"])[0]
        seconds[name] = max(seconds.get(name, 0.0), float(case.attrib["time"]))
    return seconds


def verdicts_on(proofs: Sequence[Proof], copies: Sequence[Path], seconds: Mapping[str, float]) -> list[bool]:
    """Return of each proof whether it holds, several at once, each in the next copy that is free."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)
    columns = (TextColumn("without {task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress, ThreadPoolExecutor(len(copies)) as workers:
        bar = progress.add_task("each mechanism", total=len(proofs))

        def verdict(proof: Proof) -> bool:
            copy = free.get()
            try:
                progress.update(bar, description=proof["what"])
                return proves(copy, proof, round(max(LEAST_SECONDS, LONGER * seconds[function_of(proof)])))
            finally:
                progress.advance(bar)
                free.put(copy)

        return list(workers.map(verdict, proofs))


def function_of(proof: Proof) -> str:
    """Return the name of a proof's test without its case."""
    return proof["test"].partition("::")[2].partition("[")[0]


def proves(copy: Path, proof: Proof, seconds: int) -> bool:
    """Return whether the test fails, whatever its own assertions or the time limit say, while the patch is in."""
    patch = Path(__file__).with_name(proof["patch"])
    if subprocess.run(["git", "apply", patch], cwd=copy, check=False).returncode:
        return False
    try:
        return run_tests(copy, ["-x", f"--timeout={seconds}", proof["test"]]).returncode == pytest.ExitCode.TESTS_FAILED
    finally:
        subprocess.run(["git", "apply", "--reverse", patch], cwd=copy, check=True)


def run_tests(copy: Path, arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run tests on the sources of a copy."""
    sources = os.pathsep.join(str(source) for pattern in ("*/*/src", "*/src") for source in copy.glob(pattern))
    state = os.environ.get("WAYMARK_STATE", str(ROOT / ".waymark"))
    environment = {**os.environ, "PYTHONPATH": sources, "WAYMARK_STATE": state, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    outcome = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a") as log:
        log.write(outcome.stdout + outcome.stderr)
    return outcome


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
