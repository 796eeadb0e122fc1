"""Texts that mean the same are found under the same words; what is of another kind is refused."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.keyring import IndexKind
from keyring.blind_index import NotIndexableError, digest, words
from keyring.wrapping_key import WrappingKey

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (IndexKind.NAME, ["Zoë Saldaña-O'Neill", "ZOE SALDANA ONEILL", "oneill, saldana  zoë"]),
        (IndexKind.NAME, ["Łukasz", "łukasz"]),
        (IndexKind.NAME, ["李小龍", " 李小龍 "]),
        (IndexKind.EMAIL, ["Ada@Example.COM", " ada@example.com "]),
        (IndexKind.PHONE, ["07700 900123", "+44 7700 900123", "0044 (0)7700-900123", "+44(0)7700900123"]),
        (IndexKind.PHONE, ["+353 20 910 1234", "00353 20 9101234"]),
        (IndexKind.POSTCODE, ["ls1 4ap", "LS14AP", " LS1  4AP"]),
        (IndexKind.DATE_OF_BIRTH, ["1990-02-28", " 1990-02-28"]),
        (IndexKind.NI_NUMBER, ["QQ 12 34 56 C", "qq123456", "QQ-12-34-56-C"]),
    ],
)
def test_spellings_of_the_same_are_the_same_words(kind: IndexKind, spellings: list[str]) -> None:
    assert len({tuple(words(kind, spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (IndexKind.NAME, " -. "),
        (IndexKind.EMAIL, "ada"),
        (IndexKind.PHONE, "ask for Ada"),
        (IndexKind.PHONE, "123"),
        (IndexKind.POSTCODE, "   "),
        (IndexKind.DATE_OF_BIRTH, "28.02.1990"),
        (IndexKind.NI_NUMBER, "QQ12345C"),
        (IndexKind.NI_NUMBER, "QQ123456E"),
    ],
)
def test_what_is_not_of_its_kind_is_refused_without_being_told(kind: IndexKind, value: str) -> None:
    with pytest.raises(NotIndexableError) as refused:
        words(kind, value)

    assert str(refused.value) == f"not a {kind}"


@given(kind=st.sampled_from(IndexKind), value=ANY_TEXT)
def test_any_text_has_words_or_is_refused_and_its_words_lead_to_themselves(kind: IndexKind, value: str) -> None:
    try:
        found = words(kind, value)
    except NotIndexableError:
        return

    assert found
    for word in found:
        assert words(kind, word) == [word]


def test_the_same_word_has_another_digest_in_another_kind_and_under_another_key() -> None:
    keys = [secrets.token_bytes(32) for _ in range(2)]

    assert len({digest(key, kind, "x") for key in keys for kind in IndexKind}) == 2 * len(IndexKind)


@given(digests=st.lists(st.binary(min_size=16, max_size=16)))
def test_covered_digests_are_uncovered_by_the_same_key_only(digests: list[bytes]) -> None:
    one, other = WrappingKey.new(), WrappingKey.new()
    plain = b"".join(digests)

    assert one.uncover(one.cover(plain)) == plain
    assert not plain or one.cover(plain) != other.cover(plain)
