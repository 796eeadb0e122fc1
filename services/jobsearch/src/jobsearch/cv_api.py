"""The routes of a person's CV: typed as JSON Resume or brought as a file, each a version that stays."""

import asyncio
from base64 import b64decode
from datetime import datetime
from email.message import Message
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, Field, JsonValue
from pydantic_core import from_json

from chassis.http import Accepted, AtLeast
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from jobsearch.cv_commands import Owner, upload_cv, write_cv
from jobsearch.cv_file import DOCX, PDF, read_cv
from jobsearch.cv_limits import CvRefusedError
from jobsearch.json_resume import Resume
from jobsearch.person_desk import AboutPerson, RequestAboutPerson
from jobsearch.views.profiles import PROFILES, CvRow, cvs_of, find_cv
from jobsearch.words import line

LONGEST_NAME: Final = 200
ERASED: Final = "Null once the person's data is erased."
_NAMES: Final = {PDF: "CV.pdf", DOCX: "CV.docx"}
_FILES: Final = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _NAMES}
_BODY: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": _FILES}}
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": _FILES}}

Version = Annotated[int, Path(ge=1, le=2**31 - 1)]

cv_router = APIRouter(prefix="/participants/{participant_id}/cvs", tags=["CVs"])


class CvEntry(BaseModel):
    """A version of a CV."""

    version: int
    made_at: datetime
    kind: Literal["typed", "file"]
    file_name: str | None = Field(description=ERASED, examples=["Zoë Okafor CV.pdf"])
    media_type: str | None
    bytes: int | None

    @classmethod
    def of(cls, row: CvRow, file_name: str | None) -> Self:
        """Return the entry of a version."""
        kind: Literal["typed", "file"] = "file" if row.media_type else "typed"
        return cls(
            version=row.version,
            made_at=row.made_at,
            kind=kind,
            file_name=file_name,
            media_type=row.media_type,
            bytes=row.bytes,
        )


class CvPage(CvEntry):
    """A version of a CV with what it says: JSON Resume when it was typed, the words of a file otherwise."""

    resume: dict[str, JsonValue] | None = Field(description="JSON Resume 1.0.")
    text: str | None


class CvList(BaseModel):
    """The versions of a CV, the latest first."""

    cvs: list[CvEntry]


@cv_router.get("")
async def read_cvs(request: AboutPerson, at_least: AtLeast) -> CvList:
    """Return the versions of a person's CV, the latest first."""
    async with reading(request.desk.pool, request.tenant, PROFILES, at_least) as connection:
        rows = await cvs_of(connection, request.tenant, request.participant_id)
    names = await request.desk.keyring.open_many([row.file_name for row in rows])
    return CvList(cvs=[CvEntry.of(row, name) for row, name in zip(rows, names, strict=True)])


@cv_router.post("", status_code=201, response_model=Accepted)
async def type_cv(request: AboutPerson, body: Resume) -> Response:
    """Take a new version of a CV, typed: JSON Resume 1.0. The version is in the answer."""
    resume, owner = body.kept(), Owner(request.participant_id, request.tenant)
    return await request.answer(lambda session: write_cv(session, request.desk.keyring, owner, resume, request.now))


@cv_router.post("/file", status_code=201, response_model=Accepted, openapi_extra=_BODY)
async def upload_cv_file(
    asked: Request,
    request: AboutPerson,
    content_disposition: Annotated[
        str, Header(max_length=2_000, description='The file\'s name: `attachment; filename="CV.pdf"`.')
    ] = "",
) -> Response:
    """Take a new version of a CV as a file: PDF or Word, up to 128 KB, without macros."""
    file = await asyncio.to_thread(read_cv, await asked.body())
    name = _file_name(content_disposition) or _NAMES[file.media_type]
    owner, keyring = Owner(request.participant_id, request.tenant), request.desk.keyring
    return await request.answer(lambda session: upload_cv(session, keyring, owner, name, file, request.now))


@cv_router.get("/{version}")
async def read_cv_version(request: AboutPerson, at_least: AtLeast, version: Version) -> CvPage:
    """Return one version of a CV with what it says."""
    row = await _version(request, at_least, version)
    written, name, text = await request.desk.keyring.open_many([row.written, row.file_name, row.text])
    entry = CvEntry.of(row, name)
    return CvPage(**entry.model_dump(), resume=from_json(written) if written else None, text=text)


@cv_router.get("/{version}/file", response_class=Response, responses=_FILE)
async def download_cv_file(request: AboutPerson, at_least: AtLeast, version: Version) -> Response:
    """Return the file of a version that came as one."""
    row = await _version(request, at_least, version)
    name, content = await request.desk.keyring.open_many([row.file_name, row.content])
    if content is None or name is None:
        raise NotFoundError
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(b64decode(content), media_type=row.media_type, headers={"Content-Disposition": disposition})


async def _version(request: RequestAboutPerson, at_least: AtLeast, version: int) -> CvRow:
    async with reading(request.desk.pool, request.tenant, PROFILES, at_least) as connection:
        row = await find_cv(connection, request.tenant, request.participant_id, version)
    if row is None:
        raise NotFoundError
    return row


def _file_name(disposition: str) -> str | None:
    """Return the last part of the name that a file was sent with. Raises CvRefusedError for one that is no name."""
    header = Message()
    header["Content-Disposition"] = disposition
    name = (header.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    if not name:
        return None
    try:
        name = line(name)
    except ValueError as broken:
        message = f"The name of the file {broken}."
        raise CvRefusedError(message) from None
    if len(name) > LONGEST_NAME:
        message = f"The name of the file is longer than {LONGEST_NAME} characters."
        raise CvRefusedError(message)
    return name
