"""A message to an employer who has not answered says what is known, and nothing that is not."""

from datetime import date

import pytest

from jobsearch.chasing import Unanswered, draft

SENT_ON = date(2026, 3, 2)


def test_it_names_the_job_the_employer_and_the_day() -> None:
    assert draft(Unanswered("Baker", "Riverside Bakery", SENT_ON)) == (
        "Dear Riverside Bakery team,\n\n"
        "I applied for the Baker job on 2 March.\n\n"
        "I am still very interested. Could you tell me whether you have had time to look at it? "
        "If you need anything else from me, please let me know.\n\n"
        "Kind regards"
    )


def test_it_stays_polite_where_nothing_is_known() -> None:
    text = draft(Unanswered(None, None, SENT_ON))
    assert text.startswith("Hello,\n\nI applied for the job that you advertised on 2 March.")


def test_it_thanks_for_an_interview() -> None:
    text = draft(Unanswered("Baker", None, SENT_ON, interviewed_on=date(2026, 3, 9)))
    assert "Thank you for meeting me on 9 March about the Baker job." in text
    assert "Have you decided yet?" in text


@pytest.mark.parametrize(("chased_on", "said"), [(date(2026, 3, 20), True), (None, False)])
def test_it_says_when_it_was_asked_before(chased_on: date | None, said: bool) -> None:
    assert ("I also wrote to you on 20 March." in draft(Unanswered("Baker", None, SENT_ON, None, chased_on))) is said
