"""What the caseload service is told from outside."""

from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from caseload.programme_rules import COUNTRY, HOME, ProgrammeRules, Terms
from chassis.settings import ServiceSettings
from chassis.working_days import HolidayPlace, WorkingDays


class ProgrammeSettings(BaseSettings):
    """The programmes' rules, which every process that decides for this service has to know alike."""

    model_config = SettingsConfigDict(env_prefix="WAYMARK_", frozen=True, hide_input_in_errors=True)

    timezone: ZoneInfo = Field(HOME, description="The programmes' time zone, for dates.")
    bank_holidays: HolidayPlace = Field(
        COUNTRY, description="Whose bank holidays count: a country, or one of its parts."
    )
    programmes: dict[UUID, tuple[ProgrammeRules, ...]] = Field(
        default_factory=dict,
        description="By programme: its rules, each set with the day from which it holds. Others have the usual ones.",
    )

    @property
    def terms(self) -> Terms:
        """The rules, with the calendar that counts their days."""
        return Terms(self.programmes, WorkingDays.of(self.bank_holidays, self.timezone))


class CaseloadSettings(ServiceSettings, ProgrammeSettings):
    """The settings of every service, and the rules of the programmes: WAYMARK_PROGRAMMES and WAYMARK_BANK_HOLIDAYS."""

    timezone: ZoneInfo = Field(HOME, description="The programmes' time zone, for dates.")
