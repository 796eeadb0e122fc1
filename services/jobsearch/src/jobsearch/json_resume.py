"""A CV as JSON Resume 1.0 has it (jsonresume.org), checked before it is kept.

Sections may have members that the standard does not name; they are kept too, within the size of the whole.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from jobsearch.cv_limits import LARGEST_RESUME, CvTooLargeError
from jobsearch.words import Line, Link, Text

MOST_ENTRIES: Final = 100

PartOfDate = Annotated[str, Field(pattern=r"^[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]
Email = Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Lines = Annotated[list[Line], Field(max_length=MOST_ENTRIES)]
Texts = Annotated[list[Text], Field(max_length=MOST_ENTRIES)]


class Section(BaseModel):
    """A part of a CV."""

    model_config = ConfigDict(
        extra="allow", frozen=True, hide_input_in_errors=True, alias_generator=to_camel, populate_by_name=True
    )


class Location(Section):
    """Where somebody lives."""

    address: Text | None = None
    postal_code: Line | None = None
    city: Line | None = None
    country_code: Line | None = None
    region: Line | None = None


class OnlineProfile(Section):
    """Where somebody is found on the web."""

    network: Line | None = None
    username: Line | None = None
    url: Link | None = None


class Basics(Section):
    """Who somebody is, and how to reach them."""

    name: Line | None = None
    label: Line | None = None
    image: Line | None = None
    email: Email | None = None
    phone: Line | None = None
    url: Link | None = None
    summary: Text | None = None
    location: Location | None = None
    profiles: Annotated[list[OnlineProfile], Field(max_length=MOST_ENTRIES)] | None = None


class Period(Section):
    """What took some time."""

    start_date: PartOfDate | None = None
    end_date: PartOfDate | None = None
    url: Link | None = None
    summary: Text | None = None
    highlights: Texts | None = None


class Work(Period):
    """A job that somebody had."""

    name: Line | None = None
    position: Line | None = None
    location: Line | None = None
    description: Text | None = None


class Volunteering(Period):
    """Work that somebody did without pay."""

    organization: Line | None = None
    position: Line | None = None


class Education(Section):
    """A school, a college, a course."""

    institution: Line | None = None
    url: Link | None = None
    area: Line | None = None
    study_type: Line | None = None
    start_date: PartOfDate | None = None
    end_date: PartOfDate | None = None
    score: Line | None = None
    courses: Lines | None = None


class Project(Period):
    """Something that somebody made."""

    name: Line | None = None
    description: Text | None = None
    keywords: Lines | None = None
    roles: Lines | None = None
    entity: Line | None = None
    type: Line | None = None


class Award(Section):
    """A prize."""

    title: Line | None = None
    date: PartOfDate | None = None
    awarder: Line | None = None
    summary: Text | None = None


class Certificate(Section):
    """A paper that somebody has."""

    name: Line | None = None
    date: PartOfDate | None = None
    url: Link | None = None
    issuer: Line | None = None


class Publication(Section):
    """Something that somebody published."""

    name: Line | None = None
    publisher: Line | None = None
    release_date: PartOfDate | None = None
    url: Link | None = None
    summary: Text | None = None


class Skill(Section):
    """Something that somebody can do, or cares about."""

    name: Line | None = None
    level: Line | None = None
    keywords: Lines | None = None


class Language(Section):
    """A language that somebody speaks."""

    language: Line | None = None
    fluency: Line | None = None


class Reference(Section):
    """What somebody else says."""

    name: Line | None = None
    reference: Text | None = None


class Resume(BaseModel):
    """A CV as JSON Resume 1.0."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        json_schema_extra={
            "examples": [
                {
                    "basics": {"name": "Zoë Okafor", "label": "Baker", "phone": "07700 900123"},
                    "work": [{"name": "Riverside Bakery", "position": "Baker", "startDate": "2021-04"}],
                    "skills": [{"name": "Sourdough"}, {"name": "Food hygiene", "level": "Level 2"}],
                    "languages": [{"language": "English", "fluency": "Fluent"}],
                }
            ]
        },
    )

    schema_: Line | None = Field(None, alias="$schema")
    basics: Basics | None = None
    work: Annotated[list[Work], Field(max_length=MOST_ENTRIES)] | None = None
    volunteer: Annotated[list[Volunteering], Field(max_length=MOST_ENTRIES)] | None = None
    education: Annotated[list[Education], Field(max_length=MOST_ENTRIES)] | None = None
    awards: Annotated[list[Award], Field(max_length=MOST_ENTRIES)] | None = None
    certificates: Annotated[list[Certificate], Field(max_length=MOST_ENTRIES)] | None = None
    publications: Annotated[list[Publication], Field(max_length=MOST_ENTRIES)] | None = None
    skills: Annotated[list[Skill], Field(max_length=MOST_ENTRIES)] | None = None
    languages: Annotated[list[Language], Field(max_length=MOST_ENTRIES)] | None = None
    interests: Annotated[list[Skill], Field(max_length=MOST_ENTRIES)] | None = None
    references: Annotated[list[Reference], Field(max_length=MOST_ENTRIES)] | None = None
    projects: Annotated[list[Project], Field(max_length=MOST_ENTRIES)] | None = None
    meta: Section | None = None

    def kept(self) -> str:
        """Return it as JSON, as it is kept. Raises CvTooLargeError when that is more than a fact holds."""
        text = self.model_dump_json(by_alias=True, exclude_none=True)
        if len(text.encode()) > LARGEST_RESUME:
            raise CvTooLargeError(LARGEST_RESUME)
        return text
