"""What a route depends on runs where the request is: FastAPI would send a plain function to a thread and back."""

import ast
from pathlib import Path

import pytest

SERVICES = sorted((Path(__file__).parents[2] / "services").glob("*/src"))


def plain_dependencies(sources: list[str]) -> set[str]:
    """Return the functions without `async` that `Depends` names somewhere in these sources."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "Depends"]
    wanted = {ast.unparse(argument) for call in calls for argument in call.args}
    return wanted & {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.parent.name)
def test_no_route_of_a_service_waits_for_a_thread(service: Path) -> None:
    assert not plain_dependencies([file.read_text() for file in service.rglob("*.py")])


def test_a_plain_function_is_found_wherever_it_is_defined() -> None:
    assert plain_dependencies(["A = Depends(_desk)", "def _desk(): ...\nasync def _other(): ...\nDepends(_other)"]) == {
        "_desk"
    }
