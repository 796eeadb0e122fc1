"""Files of vacancies between preview and confirmation: kept in memory only, for half an hour.

A confirmed file whose import broke off is confirmed again, or sent again: what was brought in is not brought in twice.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from chassis.clock import Clock
from chassis.telemetry import frames_of
from jobsearch.vacancy_file import Preview
from jobsearch.vacancy_import import Progress

KEPT_FOR: Final = timedelta(minutes=30)
MOST_VACANCIES_KEPT: Final = 250_000

_log = logging.getLogger(__name__)


class UploadState(StrEnum):
    """How far a file has come."""

    PREVIEWED = "previewed"
    IMPORTING = "importing"
    DONE = "done"
    STOPPED = "stopped"


class TooManyUploadsError(Exception):
    """As many vacancies as this process keeps wait for confirmation already."""


@dataclass(slots=True)
class Upload:
    """A file that somebody sent, read and checked; `whole` says that it is all that its feed has."""

    id: UUID
    owner: UUID
    preview: Preview
    whole: bool
    touched_at: datetime
    progress: Progress = field(default_factory=Progress)
    state: UploadState = UploadState.PREVIEWED


class Uploads:
    """The files of one process, each found by who sent it only."""

    def __init__(self, clock: Clock) -> None:
        """Keep none yet."""
        self._clock = clock
        self._kept: dict[UUID, Upload] = {}
        self._running: set[asyncio.Task[None]] = set()

    def keep(self, upload: Upload) -> None:
        """Keep a file for its confirmation. Raises TooManyUploadsError."""
        self._forget_old()
        if sum(len(one.preview.vacancies) for one in (*self._kept.values(), upload)) > MOST_VACANCIES_KEPT:
            message = "too many files wait for confirmation: confirm one, or try again later"
            raise TooManyUploadsError(message)
        self._kept[upload.id] = upload

    def find(self, id: UUID, owner: UUID) -> Upload | None:  # noqa: A002  (as in every aggregate)
        """Return a file that its owner sent in the last half hour, else None."""
        self._forget_old()
        upload = self._kept.get(id)
        return upload if upload and upload.owner == owner else None

    def start(self, upload: Upload, bring_in: Callable[[Progress], Coroutine[Any, Any, None]]) -> None:
        """Begin to bring a file in, in the background; nothing happens when that is under way or done."""
        if upload.state in {UploadState.IMPORTING, UploadState.DONE}:
            return
        upload.state, upload.progress = UploadState.IMPORTING, Progress()
        task = asyncio.create_task(self._run(upload, bring_in))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Stop what is under way."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run(self, upload: Upload, bring_in: Callable[[Progress], Coroutine[Any, Any, None]]) -> None:
        try:
            await bring_in(upload.progress)
        except Exception as error:  # noqa: BLE001  (told to who asks for the progress, and in the log)
            _log.error("an import stopped\n%s", frames_of(error))
            upload.state = UploadState.STOPPED
        else:
            upload.state = UploadState.DONE
        upload.touched_at = self._clock()

    def _forget_old(self) -> None:
        oldest = self._clock() - KEPT_FOR
        self._kept = {
            id: upload
            for id, upload in self._kept.items()  # noqa: A001
            if upload.touched_at > oldest or upload.state is UploadState.IMPORTING
        }
