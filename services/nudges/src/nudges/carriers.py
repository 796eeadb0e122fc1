"""What carries messages to people: the port, and its two adapters, the mail and the inbox of the portal.

Mail arrives at least once: when a connection breaks at the end, SMTP cannot tell whether a mail was taken, and a
process can die between handing it over and noting so. Every try of a message has the same Message-ID, so that mail
programs can show it once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Final, Protocol

import aiosmtplib

from chassis.keyring import Keyring
from events.nudges import DeliveryChannel
from events.sealed import Sealed
from nudges.letters import Letter
from nudges.occasion import Outcome

SECONDS: Final = 10.0
FOR_GOOD: Final = range(500, 600)

log = logging.getLogger(__name__)


class Encryption(StrEnum):
    """How a connection to the mail server is kept private."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Message:
    """What is to reach a person: name and address are sealed, `write` makes a letter of them once they are opened."""

    name: Sealed | None
    address: Sealed | None
    write: Callable[[str | None, str], Letter]


class Carrier(Protocol):
    """Carries messages, and tells what became of each."""

    channel: DeliveryChannel

    async def carry(self, message: Message) -> Outcome:
        """Hand a message over."""


class Inbox:
    """The portal's inbox. It shows what is noted as delivered, so noting is all there is to do."""

    channel = DeliveryChannel.INBOX

    async def carry(self, _message: Message) -> Outcome:
        """Take any message."""
        return Outcome.CARRIED


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server that takes mail for everybody, and who sends by it."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    encryption: Encryption = Encryption.STARTTLS

    async def take(self, mail: EmailMessage, to: str) -> None:
        """Hand a mail over, on a connection of its own."""
        await aiosmtplib.send(
            mail,
            sender=self.sender,
            recipients=[to],
            hostname=self.host,
            port=self.port,
            username=self.username or None,
            password=self.password or None,
            use_tls=self.encryption is Encryption.TLS,
            start_tls=self.encryption is Encryption.STARTTLS,
            timeout=SECONDS,
        )


class Mail:
    """E-mail. The address is opened here, at the moment of sending, and nowhere else."""

    channel = DeliveryChannel.EMAIL

    def __init__(self, server: MailServer, keyring: Keyring, portal: str = "") -> None:
        """Prepare; `portal` is where people sign in."""
        self._server = server
        self._keyring = keyring
        self._portal = portal

    async def carry(self, message: Message) -> Outcome:
        """Hand a message to the server. What went wrong is logged without the address.

        Raises the errors of the keyring.
        """
        name, address = await self._keyring.open_many([message.name, message.address])
        return await self._send(message.write(name, address)) if address else Outcome.REFUSED

    async def _send(self, letter: Letter) -> Outcome:
        try:
            await self._server.take(self._mail(letter), letter.to)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _refused_address([one.code for one in refused.recipients])
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPNotSupported, ValueError) as refused:
            return _refused_letter(refused)
        except (aiosmtplib.SMTPException, OSError) as away:
            log.warning("the mail server does not take mail now: %s", type(away).__name__)
            return Outcome.AWAY
        return Outcome.CARRIED

    def _mail(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = self._server.sender, letter.to, letter.subject
        mail["Message-ID"] = f"<{letter.message_id}@{self._server.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        if self._portal:
            mail["List-Unsubscribe"] = f"<{self._portal}/me>"
        mail.set_content(letter.body)
        return mail


def _refused_address(codes: list[int]) -> Outcome:
    return Outcome.BOUNCED if all(code in FOR_GOOD for code in codes) else Outcome.AWAY


def _refused_letter(refused: Exception) -> Outcome:
    code = getattr(refused, "code", 550)
    log.warning("the mail server refuses a mail: %s", type(refused).__name__)
    return Outcome.REFUSED if code in FOR_GOOD else Outcome.AWAY
