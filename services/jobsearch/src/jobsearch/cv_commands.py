"""What one may ask of a CV. Each command raises the errors of `chassis.store`."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ask import Answer
from chassis.keyring import Keyring, Sealer
from chassis.store import NotFoundError, Session
from events.jobsearch import CvUploaded, CvWritten, cv_of
from jobsearch.cv import Cv
from jobsearch.cv_file import CvFile

CREATED = 201


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose CV it is."""

    participant_id: UUID
    provider_id: UUID


async def write_cv(session: Session, keyring: Keyring, owner: Owner, resume: str, now: datetime) -> Answer:
    """Take a version that was typed, as JSON Resume."""

    def written(sealer: Sealer, version: int) -> CvWritten:
        return CvWritten(
            occurred_at=now,
            participant_id=owner.participant_id,
            provider_id=owner.provider_id,
            version=version,
            text=sealer.seal(CvWritten, "text", resume),
        )

    return await _add(session, keyring, owner, written)


async def upload_cv(  # noqa: PLR0913
    session: Session, keyring: Keyring, owner: Owner, file_name: str, file: CvFile, now: datetime
) -> Answer:
    """Take a version that came as a file."""

    def uploaded(sealer: Sealer, version: int) -> CvUploaded:
        return CvUploaded(
            occurred_at=now,
            participant_id=owner.participant_id,
            provider_id=owner.provider_id,
            version=version,
            file_name=sealer.seal(CvUploaded, "file_name", file_name),
            media_type=file.media_type,
            bytes=len(file.content),
            text=None if file.text is None else sealer.seal(CvUploaded, "text", file.text),
            content=sealer.seal(CvUploaded, "content", b64encode(file.content).decode()),
        )

    return await _add(session, keyring, owner, uploaded)


async def _add(
    session: Session, keyring: Keyring, owner: Owner, make: Callable[[Sealer, int], CvWritten | CvUploaded]
) -> Answer:
    sealer = await keyring.sealer(owner.participant_id)
    cv_id = cv_of(owner.participant_id)
    try:
        cv = await session.load(Cv, cv_id)
    except NotFoundError:
        cv = Cv.begin(cv_id, make(sealer, 1))
    else:
        cv.add(make(sealer, cv.latest + 1))
    return await session.save(cv, status=CREATED, ids={"cv": str(cv_id)})
