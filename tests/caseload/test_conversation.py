"""Person and coach write to each other: a message is read once by the other one, and taken back only before."""

from uuid import UUID

import pytest

from caseload.conversation import Conversation, MessageIsRead, MessageIsWithdrawn, NoSuchMessage, NotTheirMessage
from events.caseload import ActionOwner, CaseCompleted, MessageRead, MessageSent, MessageWithdrawn, conversation_of
from events.fact import Fact
from tests.caseload.cases import AMIR, BETHAN, CASE, NOW, PARTICIPANT, PROVIDER, decided, happened, sealed

FIRST, SECOND = UUID(int=71), UUID(int=72)


def sent(message_id: UUID, by: ActionOwner) -> MessageSent:
    author = AMIR if by is ActionOwner.COACH else PARTICIPANT
    text = sealed(MessageSent, "text")
    whose = {"case_id": CASE, "participant_id": PARTICIPANT, "provider_id": PROVIDER}
    return MessageSent(occurred_at=NOW, message_id=message_id, by=by, author_id=author, text=text, **whose)


ASKED = sent(FIRST, ActionOwner.COACH)
READ = MessageRead(occurred_at=NOW, message_id=FIRST, by=ActionOwner.PARTICIPANT)
WITHDRAWN = MessageWithdrawn(occurred_at=NOW, message_id=FIRST)


def given(*facts: Fact) -> Conversation:
    return happened(Conversation.open(conversation_of(CASE), ASKED), facts)


def test_the_first_message_begins_the_conversation_of_a_case() -> None:
    conversation = Conversation.open(conversation_of(CASE), ASKED)
    assert (conversation.subject, conversation.tenant) == (PARTICIPANT, PROVIDER)
    conversation.send(sent(SECOND, ActionOwner.PARTICIPANT))
    assert decided(conversation) == [ASKED, sent(SECOND, ActionOwner.PARTICIPANT)]


def test_the_other_one_reads_a_message_once() -> None:
    conversation = given()
    conversation.read(FIRST, ActionOwner.PARTICIPANT, NOW)
    conversation.read(FIRST, ActionOwner.PARTICIPANT, NOW)
    assert decided(conversation) == [READ]


def test_who_wrote_a_message_does_not_read_it() -> None:
    conversation = given()
    conversation.read(FIRST, ActionOwner.COACH, NOW)
    assert decided(conversation) == []


def test_a_message_is_taken_back_once_before_it_is_read() -> None:
    conversation = given()
    conversation.withdraw(FIRST, AMIR, NOW)
    conversation.withdraw(FIRST, AMIR, NOW)
    assert decided(conversation) == [WITHDRAWN]


def test_a_message_that_was_read_stays() -> None:
    with pytest.raises(MessageIsRead):
        given(READ).withdraw(FIRST, AMIR, NOW)


@pytest.mark.parametrize("somebody", [BETHAN, PARTICIPANT])
def test_nobody_takes_back_what_another_wrote(somebody: UUID) -> None:
    with pytest.raises(NotTheirMessage):
        given().withdraw(FIRST, somebody, NOW)


def test_what_was_taken_back_is_not_read() -> None:
    with pytest.raises(MessageIsWithdrawn):
        given(WITHDRAWN).read(FIRST, ActionOwner.PARTICIPANT, NOW)


def test_a_message_that_is_not_there_is_neither_read_nor_taken_back() -> None:
    with pytest.raises(NoSuchMessage):
        given().read(SECOND, ActionOwner.PARTICIPANT, NOW)
    with pytest.raises(NoSuchMessage):
        given().withdraw(SECOND, AMIR, NOW)


def test_a_fact_of_a_case_is_no_part_of_a_conversation() -> None:
    with pytest.raises(TypeError, match="Conversation does not fold CaseCompleted"):
        given(CaseCompleted(occurred_at=NOW))
