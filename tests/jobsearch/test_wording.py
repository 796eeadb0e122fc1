"""A person's words become phrases, each with what else the same work is called."""

from hypothesis import given
from hypothesis import strategies as st

from jobsearch.wording import MOST_WORDS, phrases_of, synonyms

NAMES = {"carer": ["care assistant"], "care assistant": ["carer"]}


def test_a_title_of_several_words_is_one_phrase() -> None:
    said = [(phrase.said, phrase.called) for phrase in phrases_of("night Care  assistants, Leeds", NAMES)]
    assert said == [
        ("night", ("night",)),
        ("Care assistants", ("Care assistants", "carer")),
        ("Leeds", ("Leeds",)),
    ]


def test_every_name_of_a_work_leads_to_its_other_names() -> None:
    assert "care assistant" in synonyms()["carer"]
    assert "carer" in synonyms()["care assistant"]
    assert all(name not in others for name, others in synonyms().items())


@given(st.text())
def test_no_words_are_lost_and_none_are_made_up(words: str) -> None:
    said = " ".join(phrase.said for phrase in phrases_of(words, synonyms())).split()
    assert len(said) <= MOST_WORDS * 2
    assert all(word in words for word in said)
