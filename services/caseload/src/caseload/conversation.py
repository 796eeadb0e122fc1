"""What a person and their coach write to each other in one case."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.caseload import ActionOwner, MessageRead, MessageSent, MessageWithdrawn
from events.fact import Fact


class NoSuchMessage(Refusal):
    """There is no message of that id in this conversation."""


class MessageIsWithdrawn(Refusal):
    """Who wrote the message took it back."""


class MessageIsRead(Refusal):
    """The message was read already and cannot be taken back."""


class NotTheirMessage(Refusal):
    """Only who wrote a message takes it back."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a decision needs to know of a message."""

    by: ActionOwner
    author_id: UUID
    read: bool = False
    withdrawn: bool = False


class Conversation(Aggregate):
    """The rules of the messages in a case."""

    begins_with = MessageSent

    messages: dict[UUID, Message] = field(default_factory=dict)

    @classmethod
    def open(cls, id: UUID, sent: MessageSent) -> Self:  # noqa: A002  (the library's own word)
        """Return a conversation that a first message begins."""
        return cls.begin(id, sent)

    def send(self, sent: MessageSent) -> None:
        """Take a message."""
        self.record(sent)

    def read(self, message_id: UUID, by: ActionOwner, now: datetime) -> None:
        """Note that the other one opened a message; who wrote it reads nothing new."""
        message = self._known(message_id)
        if message.withdrawn:
            raise MessageIsWithdrawn(str(MessageIsWithdrawn.__doc__))
        if by is not message.by and not message.read:
            self.record(MessageRead(occurred_at=now, message_id=message_id, by=by))

    def withdraw(self, message_id: UUID, author_id: UUID, now: datetime) -> None:
        """Take a message back before it was read."""
        message = self._known(message_id)
        if message.author_id != author_id:
            raise NotTheirMessage(str(NotTheirMessage.__doc__))
        if message.read:
            raise MessageIsRead(str(MessageIsRead.__doc__))
        if not message.withdrawn:
            self.record(MessageWithdrawn(occurred_at=now, message_id=message_id))

    def _known(self, message_id: UUID) -> Message:
        if message_id not in self.messages:
            raise NoSuchMessage(str(NoSuchMessage.__doc__))
        return self.messages[message_id]

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case MessageSent():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.messages[fact.message_id] = Message(fact.by, fact.author_id)
            case MessageRead(message_id=message_id):
                self.messages[message_id] = replace(self.messages[message_id], read=True)
            case MessageWithdrawn(message_id=message_id):
                self.messages[message_id] = replace(self.messages[message_id], withdrawn=True)
            case _:
                super().fold(fact)
