"""Text that was decoded wrongly is mended where that is certain, and told where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.mending import BeyondMendingError, mend, tidy

MISREAD = [
    ("Up to Â£25K", "Up to £25K"),
    ("Uncapped Â£Â£Â£", "Uncapped £££"),
    ("\u201a¬30,000 - \u201a¬35,000", "€30,000 - €35,000"),
    ("â\u201a¬800 p/d", "€800 p/d"),
    ("Childrenâ€™s Services", "Children\u2019s Services"),
    ("Contact Centre â€“ Finance", "Contact Centre \u2013 Finance"),
    ("C\u00c3\u00b4te, CafÃ©", "Côte, Café"),
    ("VeterinaryÂ\xa0 Â\xa0 ", "Veterinary"),
]
MEANT = ["Café Manager", "Zoë's Salon", "£12.60 an hour", "São Paulo desk", "Señor Âge", "Łódź \u2013 Leeds"]


@pytest.mark.parametrize(("misread", "meant"), MISREAD)
def test_what_is_certain_is_mended(misread: str, meant: str) -> None:
    assert mend(misread) == meant


@pytest.mark.parametrize("text", MEANT)
def test_what_was_meant_so_stays(text: str) -> None:
    assert mend(text) == text


@pytest.mark.parametrize("text", ["\ufffd12 an hour", "Cafâ€ Manager", "ÃÃÃ"])
def test_what_is_not_certain_is_refused(text: str) -> None:
    with pytest.raises(BeyondMendingError):
        mend(text)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_text_that_was_misread_once_comes_back(text: str) -> None:
    meant = tidy(text)
    try:
        misread = meant.encode().decode("cp1252")
    except UnicodeDecodeError:
        return
    try:
        mended = mend(misread)
    except BeyondMendingError:
        return
    assert mended in {meant, mend(meant)} or not meant.isascii()


@given(st.one_of(st.text(), st.text(alphabet="Ââ€\u201a¬Ã£©\u2122 a\ufffd\u2013\xa0")))
def test_mending_a_mended_text_changes_nothing(text: str) -> None:
    try:
        mended = mend(text)
    except BeyondMendingError:
        return
    assert mend(mended) == mended
    assert mended == tidy(mended)
    assert mended.isprintable()
