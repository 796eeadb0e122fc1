"""What the tests of the nudges service share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.nudges.running import Platform, running
from waymark.local.kafka import Kafka
from waymark.local.ports import any_free
from waymark.local.postgres import Postgres


class Postman:
    """A mail server that keeps what it takes; `answers` are those to whom it says something else than OK."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.mails: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.on_data = ""
        self.port = any_free()

    async def handle_RCPT(  # noqa: N802  (the library's own word)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or say why not."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or say why not."""
        if self.on_data:
            return self.on_data
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def postman() -> Iterator[Postman]:
    """A mail server, running."""
    postman = Postman()
    controller = Controller(postman, hostname="127.0.0.1", port=postman.port)
    controller.start()
    yield postman
    controller.stop()


@pytest.fixture(scope="package")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """The nudges service and the keyring, running."""
    folder = platform_folder / "nudges"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform
