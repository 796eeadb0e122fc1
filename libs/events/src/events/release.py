"""The JSON Schemas of the last release, which later versions of a fact are compared with.

`python -m events.release FOLDER` writes them; it is run once for each release and its result committed.
"""

import json
import sys
from pathlib import Path

from events.catalogue import every_fact
from events.fact import Fact


def schema_text(fact: type[Fact]) -> str:
    """Return the JSON Schema of a fact class as it is released."""
    return json.dumps(fact.model_json_schema(), indent=2, sort_keys=True) + "\n"


def write_release(folder: Path) -> None:
    """Write one schema file for each fact into `folder`, named by its type name."""
    for type_name, fact in every_fact().items():
        (folder / f"{type_name}.json").write_text(schema_text(fact))


if __name__ == "__main__":
    write_release(Path(sys.argv[1]))
