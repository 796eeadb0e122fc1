"""The documentation of an API: OpenAPI with what every route has in common, and Swagger UI from local files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.routing import APIRoute

from chassis.problem import MEDIA_TYPE, Problem

ASSETS: Final = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="docs/favicon.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="pages"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#pages", deepLinking: true, validatorUrl: null, persistAuthorization: false
});
"""


PROBLEM_ANSWER: Final[dict[str, Any]] = {
    "description": "A problem (RFC 9457).",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A header or query parameter that a dependency reads by itself."""

    name: str
    place: str
    description: str
    example: str

    def described(self) -> dict[str, Any]:
        """Return it as OpenAPI says it."""
        words = {"name": self.name, "in": self.place, "description": self.description, "schema": {"type": "string"}}
        return words | ({"example": self.example} if self.example else {})


def described(
    app: FastAPI, routers: Iterable[APIRouter], parameters: Mapping[Any, Sequence[Parameter]]
) -> dict[str, Any]:
    """Return the OpenAPI document, with what FastAPI cannot know.

    That is the schema of problems, the bearer token that every route asks for, and the `parameters` that dependencies
    read by themselves.
    """
    if not app.openapi_schema:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = document.setdefault("components", {})
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        components.setdefault("schemas", {}).update(problem.pop("$defs"), Problem=problem)
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        for router in routers:
            _add_parameters(document, router, parameters)
        app.openapi_schema = document | {"security": [{"bearer": []}]}
    return app.openapi_schema


def _add_parameters(document: dict[str, Any], router: APIRouter, parameters: Mapping[Any, Sequence[Parameter]]) -> None:
    for route in router.routes:
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        read = [parameter for call in _needed(route.dependant) for parameter in parameters.get(call, ())]
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            operation.setdefault("parameters", []).extend(parameter.described() for parameter in read)


def _needed(dependant: Dependant) -> dict[Any, None]:
    """Return what a route depends on, also by way of others, each once and in order."""
    needed: dict[Any, None] = {}
    for dependency in dependant.dependencies:
        needed |= {dependency.call: None} | _needed(dependency)
    return needed


def documentation(title: str) -> APIRouter:
    """Return the page /docs and the files it loads."""
    routes = APIRouter(prefix="/docs", include_in_schema=False)
    folder = str(files("fastapi_offline") / "static")
    page = _PAGE.format(title=escape(title))

    @routes.get("")
    async def read() -> Response:
        return HTMLResponse(page)

    @routes.get("/start.js")
    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    @routes.get("/{name}")
    async def asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404)
        return FileResponse(f"{folder}/{name}", media_type=ASSETS[name])

    return routes
