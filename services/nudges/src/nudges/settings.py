"""What the nudges service is told from outside."""

from typing import Annotated

from pydantic import Field, SecretStr

from chassis.settings import ServiceSettings
from nudges.carriers import Encryption, MailServer


class NudgesSettings(ServiceSettings):
    """The settings of every service, whose time zone is where people live, and those of holdout and mail."""

    holdout_key: SecretStr = Field(
        min_length=32, description="Keys the choice of the holdout; changing it mixes groups."
    )
    holdout_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.1, description="The share of people who get no nudges."
    )
    portal_url: str = Field("", description="Where people sign in; named in mails.")
    smtp_host: str = Field("", description="The mail server; without one, everything stands in the inbox alone.")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_sender: str = Field("waymark@localhost", pattern=r"^[^@\s<>]+@[^@\s<>]+$", description="Who mails come from.")
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_encryption: Encryption = Encryption.STARTTLS

    @property
    def mail_server(self) -> MailServer | None:
        """The mail server, None where there is none."""
        if not self.smtp_host:
            return None
        password = self.smtp_password.get_secret_value()
        return MailServer(
            self.smtp_host, self.smtp_port, self.smtp_sender, self.smtp_username, password, self.smtp_encryption
        )
