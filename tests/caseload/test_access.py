"""Coaches work with their own cases, leaders with their provider's, nobody else with any."""

from uuid import UUID

import pytest

from caseload.access import Deed, NotPermittedError, Record, can, require, require_role
from chassis.identity import Actor

ELSEWHERE, PROVIDER, AMIR, BETHAN, ADA = (UUID(int=number) for number in range(1, 6))
RECORD = Record(PROVIDER, frozenset({AMIR}), ADA)
STRANGERS = ["referrer", "operator", "analyst", "auditor", "service", ""]
SHARED = [Deed.READ_SHARED, Deed.TAKE_PART]


@pytest.mark.parametrize("deed", [Deed.LIST_OWN, Deed.READ, Deed.WORK, *SHARED])
def test_a_coach_works_with_own_cases(deed: Deed) -> None:
    assert can(Actor(AMIR, "coach", PROVIDER), deed, RECORD)


@pytest.mark.parametrize("deed", [Deed.READ, Deed.WORK, *SHARED])
def test_a_coach_does_not_work_with_the_cases_of_another(deed: Deed) -> None:
    assert not can(Actor(BETHAN, "coach", PROVIDER), deed, RECORD)


@pytest.mark.parametrize("deed", [Deed.LIST_ALL, Deed.ASSIGN, Deed.EXCUSE, Deed.RETRACT])
def test_a_coach_does_not_do_what_leaders_do(deed: Deed) -> None:
    assert not can(Actor(AMIR, "coach", PROVIDER), deed, RECORD)


@pytest.mark.parametrize("role", ["team_leader", "provider_manager"])
@pytest.mark.parametrize("deed", Deed)
def test_a_leader_may_do_everything_with_the_cases_of_the_provider(role: str, deed: Deed) -> None:
    assert can(Actor(BETHAN, role, PROVIDER), deed, RECORD)


@pytest.mark.parametrize("deed", Deed)
def test_a_jobseeker_takes_part_in_their_own_case_and_nothing_else(deed: Deed) -> None:
    assert can(Actor(ADA, "jobseeker", PROVIDER), deed, RECORD) == (deed in SHARED)
    assert not can(Actor(BETHAN, "jobseeker", PROVIDER), deed, RECORD)
    assert not can(Actor(ADA, "jobseeker", PROVIDER), deed, Record(PROVIDER))


@pytest.mark.parametrize("role", ["coach", "team_leader", "provider_manager", "jobseeker"])
@pytest.mark.parametrize("deed", Deed)
def test_nobody_touches_the_cases_of_another_provider(role: str, deed: Deed) -> None:
    assert not can(Actor(AMIR, role, ELSEWHERE), deed, RECORD)
    assert not can(Actor(ADA, role, ELSEWHERE), deed, RECORD)


@pytest.mark.parametrize("role", STRANGERS)
@pytest.mark.parametrize("deed", Deed)
def test_nobody_else_touches_any_case(role: str, deed: Deed) -> None:
    assert not can(Actor(AMIR, role, PROVIDER), deed, RECORD)
    assert not can(Actor(AMIR, role, None), deed, Record(None, frozenset({AMIR})))


def test_what_may_not_be_is_refused_by_role_and_deed() -> None:
    with pytest.raises(NotPermittedError, match="a coach may not assign a coach"):
        require(Actor(AMIR, "coach", PROVIDER), Deed.ASSIGN, RECORD)
    with pytest.raises(NotPermittedError, match="a referrer may not read a case"):
        require_role(Actor(AMIR, "referrer", PROVIDER), Deed.READ)
