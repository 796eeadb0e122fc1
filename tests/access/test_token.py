"""Signing in to the demo, and nowhere else."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from chassis.identity import Verifier
from waymark.cli import app
from waymark.local import identity, state
from waymark.local.failure import PlatformFailure
from waymark.operator.token import token
from waymark.personas import PERSONAS, PROVIDERS, coaches_of, id_of, persona

ROLES = ["coach", "provider_manager", "team_leader", "referrer", "operator", "analyst", "jobseeker"]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The keys of a platform that was started once."""
    identity.prepare(tmp_path / "keys", ["caseload"])
    return tmp_path / "keys"


@pytest.mark.parametrize("name", [*ROLES, *(known.code for known in PERSONAS)])
async def test_every_persona_is_recognised_by_a_service(keys: Path, name: str) -> None:
    verifier = Verifier(str(identity.jwks(keys)), "waymark", "caseload")

    assert await verifier.verify(token(name, "demo", keys)) == persona(name).actor


def test_no_token_is_given_out_in_production(keys: Path) -> None:
    with pytest.raises(PlatformFailure, match="not given out in production"):
        token("coach", "production", keys)


def test_a_name_that_nobody_has_is_answered_with_those_that_there_are(keys: Path) -> None:
    with pytest.raises(PlatformFailure, match=r"nobody is called queen; there are coach-amir, .*jobseeker-leroy\."):
        token("queen", "demo", keys)


def test_before_the_first_start_it_says_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(PlatformFailure, match="make demo"):
        token("coach", "demo", tmp_path)


def test_the_first_persona_of_a_role_stands_for_it() -> None:
    assert persona("coach") == persona("coach-amir")


def test_a_provider_has_coaches_of_its_own() -> None:
    assert coaches_of("northway").keys() == {"coach-amir", "coach-bridget", "coach-chidi"}
    assert not coaches_of("northway").keys() & coaches_of("brightpath").keys()


def test_who_works_for_a_provider_sees_its_people_only() -> None:
    for known in PERSONAS:
        tenant = known.actor.tenant
        assert tenant in {id_of(provider) for provider in PROVIDERS} if known.provider else tenant is None


async def test_the_command_prints_a_token_and_nothing_else(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "FOLDER", keys.parent)
    printed = CliRunner().invoke(app, ["token", "--as", "coach-bridget"])
    verifier = Verifier(str(identity.jwks(keys)), "waymark", "caseload")

    assert printed.exit_code == 0
    assert await verifier.verify(printed.stdout.strip()) == persona("coach-bridget").actor
