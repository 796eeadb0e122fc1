"""The documentation of an API: OpenAPI with what every route has in common, and Swagger UI from local files."""

from html import escape
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, HTMLResponse, Response

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


def described(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the schema of problems and the bearer token that every route asks for."""
    if not app.openapi_schema:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = document.setdefault("components", {})
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        components.setdefault("schemas", {}).update(problem.pop("$defs"), Problem=problem)
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        app.openapi_schema = document | {"security": [{"bearer": []}]}
    return app.openapi_schema


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
