"""Every template compiles, takes from others only what they have, and is used."""

import re
from pathlib import Path
from typing import Final

import pytest
from jinja2 import nodes

from gateway.web.render import environment

WEB: Final = Path(__file__).parents[2] / "services/gateway/src/gateway/web"
JINJA: Final = environment("en")
NAMES: Final = sorted(JINJA.list_templates())


def tree(name: str) -> nodes.Template:
    assert JINJA.loader
    return JINJA.parse(JINJA.loader.get_source(JINJA, name)[0])


def macros(name: str) -> dict[str, nodes.Macro]:
    return {macro.name: macro for macro in tree(name).find_all(nodes.Macro)}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_finds_what_it_takes_from_others(name: str) -> None:
    JINJA.get_template(name)
    for taken in tree(name).find_all(nodes.FromImport):
        assert isinstance(taken.template, nodes.Const)
        known = macros(taken.template.value)
        assert {each[0] if isinstance(each, tuple) else each for each in taken.names} <= known.keys()


@pytest.mark.parametrize("name", NAMES)
def test_a_macro_is_called_with_what_it_takes(name: str) -> None:
    known = macros(name)
    for taken in tree(name).find_all(nodes.FromImport):
        assert isinstance(taken.template, nodes.Const)
        known |= macros(taken.template.value)
    for call in tree(name).find_all(nodes.Call):
        starred = call.dyn_args or call.dyn_kwargs
        if isinstance(call.node, nodes.Name) and (macro := known.get(call.node.name)) and not starred:
            parameters = [argument.name for argument in macro.args]
            given = [*parameters[: len(call.args)], *(keyword.key for keyword in call.kwargs)]
            required = parameters[: len(parameters) - len(macro.defaults)]
            assert len(call.args) <= len(parameters)
            assert set(required) <= set(given) <= set(parameters), f"{call.node.name}, line {call.lineno}"


def test_every_template_is_shown_by_something() -> None:
    code = "".join(path.read_text() for path in [*WEB.rglob("*.py"), *WEB.rglob("templates/*.html")])
    assert [name for name in NAMES if not re.search(rf"[\"'](\w+/)?{re.escape(name)}[\"']", code)] == []
