"""Stylesheet, scripts and pictures: their path carries their hash, so a browser keeps them for good."""

import gzip
import mimetypes
from functools import lru_cache
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Response

from chassis.problem import ProblemError
from gateway.web.render import ASSETS, asset_bytes, asset_path

FOR_GOOD: Final = "public, max-age=31536000, immutable"

asset_router = APIRouter(include_in_schema=False)


@asset_router.get(ASSETS + "{digest}/{name}")
async def read_asset(
    digest: str,
    name: Annotated[str, Path(pattern=r"^[a-z][a-z0-9.-]*$")],
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """Return an asset under the path that a page names, and under no other."""
    try:
        known = asset_path(name) == f"{ASSETS}{digest}/{name}"
    except FileNotFoundError:
        known = False
    if not known:
        raise ProblemError(404, "There is no such file.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" not in accept_encoding:
        return Response(asset_bytes(name), media_type=kind, headers=headers)
    return Response(_packed(name), media_type=kind, headers={**headers, "Content-Encoding": "gzip"})


@lru_cache
def _packed(name: str) -> bytes:
    return gzip.compress(asset_bytes(name), 9, mtime=0)
