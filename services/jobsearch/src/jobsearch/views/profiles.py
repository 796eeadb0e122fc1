"""What people look for, and the versions of their CVs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.jobsearch import CvUploaded, CvWritten, JobWishesTold
from events.sealed import Sealed


@dataclass
class ProfileRow:
    """What a person looks for, at a version; sealed where it is in their words."""

    participant_id: UUID
    tenant: UUID | None
    version: int
    told_at: datetime
    work: Sealed | None
    town: int | None
    miles: int | None
    hours_least: float | None
    hours_most: float | None
    pay_least: float | None
    pay_period: str | None
    contracts: tuple[str, ...]


@dataclass
class CvRow:
    """A version of a person's CV: `written` is JSON Resume, `text` a file's words, `content` the file in base64."""

    id: str
    participant_id: UUID
    tenant: UUID | None
    version: int
    made_at: datetime
    written: Sealed | None = None
    file_name: Sealed | None = None
    media_type: str | None = None
    bytes: int | None = None
    text: Sealed | None = None
    content: Sealed | None = None


def person_touched(told: Told) -> UUID | None:
    """Return the person whose profile a fact is about, None for one of a CV."""
    return told.subject if isinstance(told.fact, JobWishesTold) else None


def fold_profile(_row: ProfileRow | None, told: Told) -> ProfileRow:
    """Take what a person told last."""
    fact: JobWishesTold = told.fact  # type: ignore[assignment]
    return ProfileRow(
        participant_id=fact.participant_id,
        tenant=told.tenant,
        version=told.version,
        told_at=fact.occurred_at,
        work=fact.work,
        town=fact.town,
        miles=fact.miles,
        hours_least=fact.hours_least,
        hours_most=fact.hours_most,
        pay_least=fact.pay_least,
        pay_period=fact.pay_period,
        contracts=tuple(fact.contracts),
    )


def cv_touched(told: Told) -> str | None:
    """Return the version of a CV, None for a fact of a profile."""
    return None if isinstance(told.fact, JobWishesTold) else told.id


def fold_cv(_row: CvRow | None, told: Told) -> CvRow:
    """Keep a version of a CV."""
    fact = told.fact
    assert isinstance(fact, (CvWritten, CvUploaded))
    row = CvRow(told.id, fact.participant_id, told.tenant, fact.version, fact.occurred_at)
    if isinstance(fact, CvWritten):
        row.written = fact.text
    else:
        row.file_name, row.media_type, row.bytes = fact.file_name, fact.media_type, fact.bytes
        row.text, row.content = fact.text, fact.content
    return row


PROFILES: Final = View(
    name="profiles",
    facts=(JobWishesTold, CvWritten, CvUploaded),
    tables=(
        Table("profile", ProfileRow, person_touched, fold_profile),
        Table("cv", CvRow, cv_touched, fold_cv, indexes=("participant_id, version",)),
    ),
)


async def find_profile(connection: Connection, tenant: UUID, participant: UUID) -> ProfileRow | None:
    """Return what a participant looks for, None when they never said."""
    query = "select * from profile where tenant = %s and participant_id = %s"
    async with connection.cursor(row_factory=class_row(ProfileRow)) as cursor:
        return await (await cursor.execute(query, [tenant, participant])).fetchone()


async def cvs_of(connection: Connection, tenant: UUID, participant: UUID) -> list[CvRow]:
    """Return the versions of a participant's CV without what they hold, the latest first."""
    query = """
    select id, participant_id, tenant, version, made_at, null as written, file_name, media_type, bytes, null as text,
        null as content from cv where tenant = %s and participant_id = %s order by version desc
    """
    async with connection.cursor(row_factory=class_row(CvRow)) as cursor:
        return await (await cursor.execute(query, [tenant, participant])).fetchall()


async def find_cv(connection: Connection, tenant: UUID, participant: UUID, version: int) -> CvRow | None:
    """Return one version of a participant's CV."""
    query = "select * from cv where tenant = %s and participant_id = %s and version = %s"
    async with connection.cursor(row_factory=class_row(CvRow)) as cursor:
        return await (await cursor.execute(query, [tenant, participant, version])).fetchone()
