"""Facts as Parquet, pseudonymous: a file for each month in which they were learned, written beside, then renamed."""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.export_folders import PART, path_of
from analytics.pseudonyms import Pseudonyms
from analytics.views.facts import FactRow

SCHEMA_VERSION: Final = 1
_INSTANT: Final = pa.timestamp("us", tz="UTC")
SCHEMA: Final = pa.schema(
    [
        ("id", pa.string()),
        ("type", pa.string()),
        ("person", pa.string()),
        ("provider", pa.string()),
        ("source", pa.string()),
        ("position", pa.int64()),
        ("occurred_at", _INSTANT),
        ("recorded_at", _INSTANT),
        ("correlation", pa.string()),
        ("caused_by", pa.string()),
        ("actor", pa.string()),
        ("data", pa.string()),
    ]
)


class ParquetFiles:
    """The files of one export on their way. Facts come in the order in which they were learned."""

    def __init__(self, folder: Path, pseudonyms: Pseudonyms) -> None:
        """Begin in a folder beside `folder`, which is there only once everything is."""
        self._folder = folder
        self._part = folder.with_name(folder.name + PART)
        shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir(parents=True)
        self._pseudonyms = pseudonyms
        self._writer: pq.ParquetWriter | None = None
        self._month = ""
        self._rows: Counter[str] = Counter()
        self._types: Counter[str] = Counter()

    def write(self, facts: Sequence[FactRow]) -> None:
        """Add facts."""
        for month, some in groupby(facts, key=_month):
            if month != self._month:
                self._turn_to(month)
            assert self._writer
            rows = [self._row(fact) for fact in some]
            self._writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
            self._rows[month] += len(rows)
            self._types.update(row["type"] for row in rows)

    def finish(self, as_of: Sequence[dict[str, Any]], now: datetime) -> dict[str, Any]:
        """Close the files, write down what they hold, and let the folder be seen. Return the manifest."""
        self._turn_to("")
        manifest = {
            "schema_version": SCHEMA_VERSION,
            "created_at": now.astimezone(UTC).isoformat(),
            "facts": self._rows.total(),
            "types": dict(sorted(self._types.items())),
            "as_of": list(as_of),
            "columns": SCHEMA.names,
            "files": [self._described(month) for month in sorted(self._rows)],
        }
        self._part.joinpath("manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
        for path in (*self._part.rglob("*"), self._part):
            _flush(path)
        self._part.rename(self._folder)
        return manifest

    def abandon(self) -> None:
        """Take away what is not whole."""
        if self._writer:
            self._writer.close()
        shutil.rmtree(self._part, ignore_errors=True)

    def _turn_to(self, month: str) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None
        if month:
            path = self._part / path_of(month)
            path.parent.mkdir()
            self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")
        self._month = month

    def _row(self, fact: FactRow) -> dict[str, Any]:
        veiled = self._pseudonyms.veiled
        return {
            "id": veiled(fact.fact_id),
            "type": fact.type_name,
            "person": str(self._pseudonyms.of(fact.participant_id)),
            "provider": str(fact.tenant) if fact.tenant else None,
            "source": fact.source,
            "position": fact.position,
            "occurred_at": fact.occurred_at,
            "recorded_at": fact.recorded_at,
            "correlation": self._pseudonyms.of_text(fact.correlation_id),
            "caused_by": veiled(fact.causation_id),
            "actor": veiled(fact.actor),
            "data": veiled(fact.fact),
        }

    def _described(self, month: str) -> dict[str, Any]:
        path = self._part / path_of(month)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        return {"month": month, "path": path_of(month), "facts": self._rows[month], "bytes": size, "sha256": digest}


def _month(fact: FactRow) -> str:
    return f"{fact.recorded_at.astimezone(UTC):%Y-%m}"


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
