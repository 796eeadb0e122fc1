"""What the tests of the language share."""

import pytest

from events import fact


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test add facts and upcasters that are forgotten when it ends."""
    for table in ("_known", "_upcasters"):
        monkeypatch.setattr(fact, table, dict(getattr(fact, table)))
