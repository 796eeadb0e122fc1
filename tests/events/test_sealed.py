"""A sealed text says whose it is and nothing else, and no plain text passes for one."""

from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from events.referrals import ReferralSubmitted
from events.sealed import KeyOf, OfParticipant, Sealed, sealed_fields

KEY, PERSON = UUID(int=1), UUID(int=2)
TEXT = f"sealed:1:{KEY}:{PERSON}:waymark.referrals.ReferralSubmitted.v1:name:c2VhbGVk"


def test_a_sealed_text_names_its_key_and_its_person() -> None:
    assert (Sealed(TEXT).key_id, Sealed(TEXT).person) == (KEY, PERSON)


@pytest.mark.parametrize(
    "plain", ["Ada Lovelace", "", TEXT.replace("sealed:1", "sealed:2"), TEXT + " Ada", TEXT + "\n"]
)
def test_a_plain_text_is_not_taken_for_a_sealed_one(plain: str) -> None:
    with pytest.raises(ValueError, match="not a sealed text"):
        Sealed(plain)
    with pytest.raises(ValidationError):
        TypeAdapter(OfParticipant).validate_python(plain)


def test_a_fact_tells_whose_key_seals_its_required_and_its_optional_fields() -> None:
    sealed = sealed_fields(ReferralSubmitted)
    assert (sealed["name"], sealed["email"]) == (KeyOf.PARTICIPANT, KeyOf.PARTICIPANT)
    assert "acknowledge_by" not in sealed
