"""A person's journey folded again: how they stand, or stood on a day, with everything in their file.

A person's facts are few, so a page about one person is folded from their timeline, today's as any past day's.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, Final

from caseload.moment import Now
from caseload.standing import Standing
from caseload.views.person_rows import file_of
from caseload.views.timeline import TimelineRow
from caseload.views.today import PARTS, TODAY, standing_of
from chassis.listen.told import Told
from chassis.listen.views import Folding, fold_facts

HEARD: Final = TODAY.type_names


class By(StrEnum):
    """Which of a fact's two times says what there was on a day: when it happened, or when it was learned."""

    OCCURRED_AT = "occurred_at"
    RECORDED_AT = "recorded_at"


def until_end_of(day: date, rows: Sequence[TimelineRow], by: By, now: Now) -> list[TimelineRow]:
    """Return what had happened, or was known, at the end of a day."""
    end = now.beginning_of(day + timedelta(days=1))
    return [row for row in rows if _time(row, by) < end]


def told_of(row: TimelineRow) -> Told:
    """Return a fact as it was heard."""
    words = {
        "ce_id": row.id,
        "ce_source": row.type_name.split(".")[1],
        "ce_type": row.type_name,
        "ce_subject": str(row.participant_id),
        "position": str(row.position),
        "previous": "0",
        "recorded_at": row.recorded_at.isoformat(),
        "tenant": str(row.tenant or ""),
        "actor": row.actor,
    }
    headers = [(name, word.encode()) for name, word in words.items()]
    value = row.fact.encode()
    return Told(SimpleNamespace(topic="", partition=0, offset=0, key=b"", headers=headers, value=value))


def standing_after(told: Sequence[Told]) -> Standing | None:
    """Return how a person stands with a provider after these facts, None before there is a case."""
    heard = [one for one in told if one.type in HEARD and one.tenant]
    foldings: list[Folding[Any]] = [Folding(table, 0) for table in TODAY.tables]
    for failure in fold_facts(foldings, heard):
        raise failure.error
    keys = {file_of(one.subject, one.tenant) for one in heard if one.tenant}
    rows: dict[str, Any] = {
        part: folding.rows.get(key) for key in keys for part, folding in zip(PARTS, foldings, strict=True)
    }
    case = rows.get("case")
    return standing_of(rows) if case and case.case_id else None


def _time(row: TimelineRow, by: By) -> datetime:
    return row.occurred_at if by is By.OCCURRED_AT else row.recorded_at
