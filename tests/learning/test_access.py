"""People learn for themselves, coaches further those they coach, leaders see their provider's, nobody else comes in."""

from uuid import UUID

import pytest

from chassis.identity import Actor
from learning.access import Deed, NotPermittedError, Record, can, require

ELSEWHERE, PROVIDER, ADA, AMIR, BETHAN = (UUID(int=number) for number in range(1, 6))
RECORD = Record(PROVIDER, ADA, frozenset({AMIR}))


@pytest.mark.parametrize("deed", Deed)
def test_a_person_may_do_everything_for_themselves(deed: Deed) -> None:
    assert can(Actor(ADA, "jobseeker", PROVIDER), deed, RECORD)


@pytest.mark.parametrize("deed", [Deed.READ, Deed.LEARN])
@pytest.mark.parametrize("role", ["jobseeker", "coach"])
def test_somebody_elses_learning_is_nobodys_business(role: str, deed: Deed) -> None:
    assert not can(Actor(BETHAN, role, PROVIDER), deed, RECORD)


@pytest.mark.parametrize("deed", Deed)
def test_a_coach_may_do_everything_on_behalf_of_whom_they_coach(deed: Deed) -> None:
    assert can(Actor(AMIR, "coach", PROVIDER), deed, RECORD)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", ["team_leader", "provider_manager"])
def test_a_leader_may_do_everything_in_the_provider(role: str, deed: Deed) -> None:
    assert can(Actor(BETHAN, role, PROVIDER), deed, RECORD)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("actor", [Actor(ADA, "jobseeker", ELSEWHERE), Actor(AMIR, "coach", ELSEWHERE)])
def test_another_provider_is_another_world(actor: Actor, deed: Deed) -> None:
    assert not can(actor, deed, RECORD)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", ["referrer", "operator", "analyst", "auditor", "service", ""])
def test_nobody_else_comes_in(role: str, deed: Deed) -> None:
    assert not can(Actor(ADA, role, PROVIDER), deed, RECORD)
    assert not can(Actor(ADA, role, None), deed, Record(None, ADA, frozenset({ADA})))


def test_what_may_not_be_is_refused_by_role_and_deed() -> None:
    with pytest.raises(NotPermittedError, match="a coach may not see how far a person is"):
        require(Actor(BETHAN, "coach", PROVIDER), Deed.READ, RECORD)
