"""A person's job search is open to the person, to the coaches of their cases and to the leaders of their provider."""

from uuid import UUID

import pytest

from chassis.identity import Actor
from jobsearch.access import NotPermittedError
from jobsearch.person_access import Record, can, require, require_role

PROVIDER, ELSEWHERE, ADA, AMIR, BETHAN = (UUID(int=number) for number in range(1, 6))
RECORD = Record(PROVIDER, ADA, frozenset({AMIR, None}))


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        (Actor(ADA, "jobseeker", PROVIDER), True),
        (Actor(ADA, "jobseeker", ELSEWHERE), False),
        (Actor(BETHAN, "jobseeker", PROVIDER), False),
        (Actor(AMIR, "coach", PROVIDER), True),
        (Actor(BETHAN, "coach", PROVIDER), False),
        (Actor(AMIR, "coach", ELSEWHERE), False),
        (Actor(BETHAN, "team_leader", PROVIDER), True),
        (Actor(BETHAN, "provider_manager", PROVIDER), True),
        (Actor(BETHAN, "provider_manager", ELSEWHERE), False),
        (Actor(AMIR, "operator", None), False),
        (Actor(AMIR, "analyst", PROVIDER), False),
        (Actor(AMIR, "referrer", None), False),
    ],
)
def test_who_may(actor: Actor, allowed: bool) -> None:
    assert can(actor, RECORD) is allowed


def test_nobody_may_where_no_provider_is() -> None:
    assert not can(Actor(AMIR, "coach", None), Record(None, ADA, frozenset({AMIR})))


def test_who_works_with_nobody_may_ask_about_nobody() -> None:
    with pytest.raises(NotPermittedError, match="a operator may not see anybody's job search"):
        require_role(Actor(AMIR, "operator", None))


def test_what_may_not_be_is_refused() -> None:
    with pytest.raises(NotPermittedError, match="somebody else's participant"):
        require(Actor(BETHAN, "coach", PROVIDER), RECORD)
