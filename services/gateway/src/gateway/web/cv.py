"""The CV: bring a file or type it here; each version stays, and an application names the one that was sent."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, UploadFile
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from gateway.services import Question
from gateway.web.admission import AtOwnPage
from gateway.web.command import Command
from gateway.web.deeds import NOTHING, TOP, Refused
from gateway.web.refused import refusal
from gateway.web.visitor import Visitor, blank
from gateway.web.words import N_

SERVICE: Final = "jobsearch"
JOBS: Final = 4
FIELDS: Final[Mapping[str, str]] = {"position": "position", "name": "employer", "startDate": "from", "endDate": "to"}
"""The fields of a job, by what JSON Resume calls them."""
PART: Final = re.compile(r"#/(?:work/(\d+)/(position|name|startDate|endDate)|skills/.*)")
MONTHLESS: Final = N_("Write a year, or a year and a month, like 2024-03")
LARGEST: Final = 1024 * 1024
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

cv_router = APIRouter(include_in_schema=False)


@cv_router.get("/cv")
async def show_cv(visitor: AtOwnPage) -> HTMLResponse:
    """Show the latest version, and the others."""
    return await _page(visitor)


@cv_router.post("/cv")
async def type_cv(visitor: AtOwnPage) -> Response:
    """Keep a typed CV as a new version."""
    form = await visitor.request.form()
    typed = _resume(form)
    command = await visitor.command(SERVICE, f"/participants/{visitor.person}/cvs", typed)
    if refused := await refusal(visitor, command):
        return await _page(visitor, _by_place(visitor, command, refused), typed)
    return command.then(f"{visitor.base}/cv", "kept")


@cv_router.post("/cv/file")
async def upload_cv(visitor: AtOwnPage, file: UploadFile) -> Response:
    """Keep a file as a new version."""
    name = file.filename or "CV"
    kind = "application/pdf" if name.lower().endswith(".pdf") else DOCX
    headers = {"Content-Type": kind, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    path = f"/participants/{visitor.person}/cvs/file"
    question = Question(SERVICE, path, "POST", None, None, headers, await file.read(LARGEST))
    command = await visitor.commanded(question)
    if refused := await refusal(visitor, command):
        return await _page(visitor, refused)
    return command.then(f"{visitor.base}/cv", "kept")


@cv_router.get("/cv/{version}/file")
async def download_cv(visitor: AtOwnPage, version: int) -> Response:
    """Give the file of a version back."""
    path = f"/participants/{visitor.person}/cvs/{version}/file"
    answer = await visitor.answered(Question(SERVICE, path))
    kept = ("content-type", "content-disposition")
    return Response(answer.content, headers={name: answer.headers[name] for name in kept if name in answer.headers})


def _resume(form: FormData) -> dict[str, Any]:
    """Return what was typed as JSON Resume; what was left empty is not there."""
    told = {name: str(value).strip() for name, value in form.items() if str(value).strip()}
    jobs = [
        {key: told[f"{part}-{number}"] for key, part in FIELDS.items() if f"{part}-{number}" in told}
        for number in range(JOBS)
    ]
    resume: dict[str, Any] = {"basics": {key: told[key] for key in ("label", "summary") if key in told}}
    resume |= {"work": [job for job in jobs if job]} if any(jobs) else {}
    skills = [{"name": one.strip()} for one in told.get("skills", "").split(",") if one.strip()]
    return resume | ({"skills": skills} if skills else {})


def _by_place(visitor: Visitor, command: Command, refused: Refused) -> Refused:
    """Return a form with what is wrong with a job, or with a skill, at its own field."""
    faults = {str(fault.get("pointer")): str(fault["detail"]) for fault in command.problem.get("errors") or ()}
    parts = {part: words for pointer, words in faults.items() if (part := PART.fullmatch(pointer))}
    placed = {f"{FIELDS[part[2]]}-{part[1]}" if part[2] else "skills": words for part, words in parts.items()}
    placed |= {place: visitor.say(MONTHLESS) for place in placed if place.startswith(("from-", "to-"))}
    others = {name: words for name, words in refused.errors.items() if name != TOP or not placed}
    return replace(refused, errors=others | placed)


async def _page(visitor: Visitor, refused: Refused = NOTHING, typed: Mapping[str, Any] | None = None) -> HTMLResponse:
    """Return the page, with what was typed where it could not be kept, else with the latest version."""
    base = f"/participants/{visitor.person}/cvs"
    cvs = (await visitor.read(SERVICE, base))["cvs"]
    latest = await visitor.read(SERVICE, f"{base}/{cvs[0]['version']}") if cvs else None
    kept = (latest or {}).get("resume") or {}
    resume = typed or kept
    return visitor.page(
        "cv.html",
        refused=refused,
        cvs=cvs,
        latest=latest,
        summary=(kept.get("basics") or {}).get("summary", ""),
        basics=blank(resume.get("basics")),
        work=[blank(one) for one in [*resume.get("work", []), *([{}] * JOBS)][:JOBS]],
        skills=", ".join(one.get("name", "") for one in resume.get("skills", [])),
    )
