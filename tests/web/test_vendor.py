"""What others wrote and pages bring along is byte for byte what it says."""

import hashlib
import json
from pathlib import Path

WEB = Path(__file__).parents[2] / "services/gateway/src/gateway/web"
VENDORED = json.loads((WEB / "vendor.json").read_text())
OUR_OWN = {"waymark.css", "waymark.js", "waymark.svg"}


def test_every_vendored_file_is_the_one_that_is_named() -> None:
    for part in VENDORED:
        assert hashlib.sha256((WEB / part["file"]).read_bytes()).hexdigest() == part["sha256"]
        assert part["version"]
        assert part["licence"]


def test_every_asset_is_our_own_or_vendored() -> None:
    there = {path.name for path in (WEB / "static").iterdir()}
    assert there == OUR_OWN | {Path(part["file"]).name for part in VENDORED}
