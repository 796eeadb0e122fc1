"""Finding referrals by what is known of a person: what is looked for stands in a body, and so in no log."""

from typing import Annotated

from pydantic import BaseModel, Field

from events.keyring import IndexKind
from referrals.forms import Form, ReferralListed, example


class ReferralSearch(Form):
    """What to find a person by, each of it has to match; at least one."""

    model_config = example({"terms": {"name": "zoë okafor"}})

    terms: dict[IndexKind, Annotated[str, Field(min_length=1, max_length=200)]] = Field(min_length=1)


class ReferralsFound(BaseModel):
    """The referrals of whom was found, the newest first; not `complete` when there are more."""

    referrals: list[ReferralListed]
    complete: bool
