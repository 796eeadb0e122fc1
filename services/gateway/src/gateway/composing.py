"""One OpenAPI document out of those of all services."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.routing import METHODS, Route

SHARED: Final = frozenset({"Problem", "Fault"})
_REFERENCE: Final = re.compile(r'"#/components/schemas/([^"/]+)"')

Document = dict[str, Any]


def compose(own: Document, documents: Mapping[str, Document], routes: Iterable[Route]) -> Document:
    """Return the gateway's own document with every service's operations in it, under their public paths.

    What a service calls by the same name as another one is kept apart by the service's name. The gateway's own
    operations go before a service's on the same path.
    """
    paths = {path: dict(item) for path, item in _as_3_1(own)["paths"].items()}
    schemas = dict(own["components"]["schemas"])
    named = {service: _named(service, document) for service, document in documents.items()}
    for service, document in named.items():
        schemas |= {
            _schema(service, name): schema
            for name, schema in document.get("components", {}).get("schemas", {}).items()
            if name not in SHARED
        }
    for route in sorted(routes, key=lambda one: (one.public_path, one.method)):
        operation = named[route.service]["paths"][route.service_path][route.method.lower()]
        told = {**operation, "operationId": f"{route.service}_{route.name}", "tags": [route.service]}
        paths.setdefault(route.public_path, {}).setdefault(route.method.lower(), told)
    return own | {"paths": paths, "components": own["components"] | {"schemas": schemas}}


def operations(document: Document) -> int:
    """Return how many operations a document describes."""
    return sum(len(METHODS & item.keys()) for item in document["paths"].values())


def _as_3_1(own: Document) -> Document:
    """Return the own document without what FastAPI says of streams in the words of OpenAPI 3.2."""

    def plain(read: Document) -> Document:
        return {name: value for name, value in read.items() if name != "itemSchema"}

    told: Document = json.loads(json.dumps(own), object_hook=plain)
    return told


def _named(service: str, document: Document) -> Document:
    """Return a document whose references carry its service's name."""
    text = json.dumps(document)
    renamed = _REFERENCE.sub(lambda found: f'"#/components/schemas/{_schema(service, found[1])}"', text)
    told: Document = json.loads(renamed)
    return told


def _schema(service: str, name: str) -> str:
    return name if name in SHARED else f"{service.capitalize()}_{name}"
