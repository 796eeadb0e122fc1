"""Pages that several services make together: each part is asked for at once, and what is missing is named."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from gateway.services import Question

Part = tuple[str, str]


def home(participant: UUID) -> Mapping[str, Question]:
    """Return what a participant's home is made of, by the name of each part."""
    return _asked(_HOME, participant)


def record(participant: UUID) -> Mapping[str, Question]:
    """Return what a person's record is made of, by the name of each part."""
    return _asked(_RECORD, participant)


def _asked(parts: Mapping[str, Part], participant: UUID) -> dict[str, Question]:
    return {name: Question(service, path.format(participant_id=participant)) for name, (service, path) in parts.items()}


_HOME: Final[Mapping[str, Part]] = {
    "next_step": ("caseload", "/participants/{participant_id}/next-step"),
    "week": ("jobsearch", "/participants/{participant_id}/activity/weekly"),
    "jobs": ("jobsearch", "/participants/{participant_id}/matches"),
    "profile": ("jobsearch", "/participants/{participant_id}/profile"),
    "applications": ("jobsearch", "/participants/{participant_id}/applications"),
    "nudges": ("nudges", "/participants/{participant_id}/nudges"),
    "courses": ("learning", "/participants/{participant_id}/courses"),
}
_RECORD: Final[Mapping[str, Part]] = {
    "participant": ("caseload", "/participants/{participant_id}"),
    "timeline": ("caseload", "/participants/{participant_id}/timeline"),
    "next_step": ("caseload", "/participants/{participant_id}/next-step"),
    "profile": ("jobsearch", "/participants/{participant_id}/profile"),
    "applications": ("jobsearch", "/participants/{participant_id}/applications"),
    "week": ("jobsearch", "/participants/{participant_id}/activity/weekly"),
    "nudges": ("nudges", "/participants/{participant_id}/nudges"),
    "courses": ("learning", "/participants/{participant_id}/courses"),
}
