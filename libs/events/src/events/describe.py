"""The page that tells a reader every fact of the platform, made from the classes themselves."""

from inspect import getdoc
from itertools import groupby
from sys import modules
from typing import Any, Final

from events.catalogue import every_fact
from events.fact import Fact
from events.sealed import sealed_fields

INTRODUCTION: Final = """# Facts

Made from `libs/events` by `make docs`; change the classes, not this page. Each fact is stored and told under its type
name, as JSON, for ever. A *sealed* field holds personal data and opens only with the key of the person named beside it.
Every fact also has `occurred_at`: when it happened, with an offset. When it was learned stands in its envelope.
"""
_FORMATS: Final = {"uuid": "id", "date": "date", "date-time": "time with offset"}


def facts_page() -> str:
    """Return the page as Markdown, one section for each telling service."""
    by_service = groupby(every_fact().values(), key=lambda fact: fact.__module__)
    return "\n".join([INTRODUCTION, *(_service(module, list(facts)) for module, facts in by_service)])


def _service(module: str, facts: list[type[Fact]]) -> str:
    title = module.rpartition(".")[2].capitalize()
    return "\n".join([f"## {title}", "", f"{getdoc(modules[module])}", "", *(_fact(fact) for fact in facts)])


def _fact(fact: type[Fact]) -> str:
    heading = [f"### {fact.__name__}", "", f"`{fact.type_name}`", "", f"{getdoc(fact)}", ""]
    rows = _rows(fact)
    table = ["| field | form | meaning |", "|---|---|---|", *rows, ""] if rows else []
    return "\n".join(heading + table)


def _rows(fact: type[Fact]) -> list[str]:
    schema = fact.model_json_schema()
    keys = sealed_fields(fact)
    required = set(schema["required"])
    forms = {
        name: f"sealed, {keys[name]}'s key" if name in keys else _form(form, schema.get("$defs", {}))
        for name, form in schema["properties"].items()
        if name != "occurred_at"
    }
    meanings = {name: fact.model_fields[name].description or "" for name in forms}
    return [
        f"| `{name}` | {form}{'' if name in required else ', optional'} | {meanings[name]} |"
        for name, form in forms.items()
    ]


def _form(form: dict[str, Any], definitions: dict[str, Any]) -> str:
    match form:
        case {"anyOf": [some, {"type": "null"}]}:
            text = _form(some, definitions)
        case {"$ref": reference}:
            text = _form(definitions[reference.rpartition("/")[2]], definitions)
        case {"enum": words}:
            text = "one of " + ", ".join(f"`{word}`" for word in words)
        case {"type": "array", "items": items}:
            text = f"list of {_form(items, definitions)}"
        case {"pattern": pattern}:
            text = f"text such as `{pattern}`"
        case _:
            text = _FORMATS.get(form.get("format", ""), form["type"])
    return text
