"""Every fact of the language says a sentence of its own on the timeline, and no sentence shows a type name."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from caseload.sentences import UNKNOWN, sentence_of
from events.caseload import Channel, ContactRecorded
from events.catalogue import every_fact
from events.fact import read
from events.sealed import Sealed

GOLDEN = Path(__file__).parents[2] / "libs/events/golden"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTE = Sealed(f"sealed:1:{UUID(int=1)}:{UUID(int=2)}:waymark.caseload.ContactRecorded.v1:note:c2VhbGVk")


@pytest.mark.parametrize("type_name", every_fact())
def test_every_fact_has_a_sentence_that_is_plain_english(type_name: str) -> None:
    words = sentence_of(read(type_name, (GOLDEN / f"{type_name}.json").read_bytes())).words
    assert words != UNKNOWN
    assert words.endswith(".")
    assert not {"_", ":1:", "v1", every_fact()[type_name].__name__} & set(words.split())
    assert "sealed" not in words


def test_a_contact_says_how_and_brings_its_sealed_note() -> None:
    sentence = sentence_of(ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=UUID(int=3), note=NOTE))
    assert (sentence.words, sentence.sealed) == ("Coach and person spoke by phone.", {"Note": NOTE})


def test_days_are_written_out() -> None:
    type_name = "waymark.caseload.ActionFellDue.v1"
    sentence = sentence_of(read(type_name, (GOLDEN / f"{type_name}.json").read_bytes()))
    assert sentence.words == "An agreed action was not done by 4 March 2026."
