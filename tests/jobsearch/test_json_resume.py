"""A typed CV is JSON Resume 1.0, and comes back as it was."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from jobsearch.cv_limits import CvTooLargeError
from jobsearch.json_resume import Resume

WHOLE: dict[str, Any] = {
    "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
    "basics": {
        "name": "Zoë Okafor 🥐",
        "label": "Baker",
        "email": "zoe@example.org",
        "phone": "07700 900123",
        "url": "https://zoe.example",
        "summary": "Bakes bread.\nEarly riser.",
        "location": {"city": "Leeds", "countryCode": "GB", "postalCode": "LS1 1AA"},
        "profiles": [{"network": "Web", "username": "zoe", "url": "https://zoe.example"}],
    },
    "work": [
        {
            "name": "Riverside Bakery",
            "position": "Baker",
            "startDate": "2021-04",
            "endDate": "2024-01-31",
            "highlights": ["Ran the night shift"],
        }
    ],
    "volunteer": [{"organization": "Food bank", "position": "Driver", "startDate": "2020"}],
    "education": [{"institution": "Leeds College", "area": "Catering", "studyType": "Level 2", "courses": ["Bread"]}],
    "awards": [{"title": "Best loaf", "date": "2023"}],
    "certificates": [{"name": "Food hygiene", "issuer": "CIEH", "date": "2022-05"}],
    "publications": [{"name": "My bread", "releaseDate": "2023-01"}],
    "skills": [{"name": "Sourdough", "level": "Master", "keywords": ["rye"]}],
    "languages": [{"language": "العربية", "fluency": "Native"}],
    "interests": [{"name": "Hiking"}],
    "references": [{"name": "Ada", "reference": "Reliable."}],
    "projects": [{"name": "Oven", "roles": ["Builder"], "type": "home"}],
    "meta": {"version": "v1.0.0"},
}


def test_a_whole_cv_comes_back_as_it_was() -> None:
    assert json.loads(Resume.model_validate(WHOLE).kept()) == WHOLE


def test_what_a_section_has_beyond_the_standard_is_kept() -> None:
    resume = {"skills": [{"name": "Bread", "since": 2019}]}
    assert json.loads(Resume.model_validate(resume).kept()) == resume


@pytest.mark.parametrize(
    "resume",
    [
        {"skils": []},
        {"work": {"name": "Riverside Bakery"}},
        {"work": [{"startDate": "April 2021"}]},
        {"work": [{"startDate": "2021-13"}]},
        {"basics": {"email": "nobody"}},
        {"basics": {"url": "javascript:alert(1)"}},
        {"basics": {"name": "x" * 10_000}},
        {"skills": [{"name": "Bread"}] * 101},
    ],
)
def test_what_is_no_json_resume_is_refused(resume: Any) -> None:
    with pytest.raises(ValidationError):
        Resume.model_validate(resume)


def test_a_cv_larger_than_what_is_kept_names_the_limit() -> None:
    resume = Resume.model_validate({"projects": [{"description": "x" * 4_000}] * 50})
    with pytest.raises(CvTooLargeError, match="146 KB at most"):
        resume.kept()
