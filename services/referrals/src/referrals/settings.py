"""What the referrals service is told from outside."""

from uuid import UUID

from pydantic import Field, PositiveInt

from chassis.settings import ServiceSettings
from chassis.working_days import HolidayPlace
from referrals.referral_file import LARGEST_FILE


class ReferralsSettings(ServiceSettings):
    """The settings of every service, and those of referrals: WAYMARK_ACKNOWLEDGE_WITHIN, WAYMARK_COACHES and so on."""

    body_limit: PositiveInt = Field(LARGEST_FILE, description="Largest request body in bytes: a file of referrals.")
    acknowledge_within: PositiveInt = Field(2, description="Working days in which a provider acknowledges a referral.")
    expire_after: PositiveInt = Field(90, description="Days after which a referral that nobody touches expires.")
    bank_holidays: HolidayPlace = Field(
        "GB-ENG", description="Whose bank holidays count: a country, or one of its parts."
    )
    coaches: dict[UUID, dict[str, UUID]] = Field(
        default_factory=dict, description="By provider: the code that a file names a coach by, and the coach's id."
    )
