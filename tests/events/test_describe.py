"""The page of all facts says what the classes say."""

from pathlib import Path

from events.describe import facts_page


def test_the_page_of_facts_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs/events.md"
    assert page.read_text() == facts_page(), "run `make docs`"


def test_the_page_says_whose_key_opens_a_field_and_which_words_are_possible() -> None:
    page = facts_page()
    assert "| `note` | sealed, participant's key, optional |" in page
    assert "| `owner` | one of `participant`, `coach` |" in page
