"""What a fold is made of: every module of ours that its code reaches by name. A change of one changes the fold."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from events.fact import Fact

SHARED: Final = frozenset({"events", "chassis"})


def modules_reached(roots: Iterable[Callable[..., Any]]) -> frozenset[str]:
    """Return the modules, of the roots' packages and of the libraries, that functions and classes reach by name.

    Followed are the names in their code, those of which a constant is made, a class's methods and bases, what
    containers hold and closures enclose. Facts and their words are followed only where they compute something: a
    view's hash holds the fields of its facts, and what was told keeps its meaning.
    """
    waiting: list[Any] = list(roots)
    reach = _Reach(SHARED | {_package(root.__module__) for root in waiting})
    modules: set[str] = set()
    seen: dict[int, Any] = {}
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        for module, part in reach.parts(value):
            modules.add(module)
            waiting.append(part)
    return frozenset(modules)


def text_of(module: str) -> str:
    """Return the source of a module."""
    return inspect.getsource(sys.modules[module])


def _package(module: str) -> str:
    return module.partition(".")[0]


def _is_language(value: object) -> bool:
    if not (isinstance(value, type) and issubclass(value, Fact | Enum) and _package(value.__module__) == "events"):
        return False
    return not any(
        isinstance(member, FunctionType | property) for name, member in vars(value).items() if not name.startswith("_")
    )


@dataclass(frozen=True)
class _Reach:
    """One step from a value to what it is made of, inside packages."""

    ours: frozenset[str]

    def parts(self, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield where a value is defined, and its parts, each with the module that it is taken from."""
        if _is_language(value):
            return
        module = getattr(value, "__module__", None)
        if isinstance(module, str) and _package(module) in self.ours:
            yield module, value
            yield from ((module, part) for part in _within(value))
            if isinstance(value, FunctionType):
                yield from self._named(module, _names(value.__code__))
        elif module is None or isinstance(value, partial):
            yield from (found for part in _within(value) for found in self.parts(part))

    def _named(self, module: str, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Yield what names stand for in a module, and of what a name is made that stands for a constant."""
        for name in vars(sys.modules[module]).keys() & names:
            value = vars(sys.modules[module])[name]
            origin = value.__name__ if isinstance(value, ModuleType) else _imports(module).get(name, module)
            if _package(origin) in self.ours and not _is_language(value):
                yield origin, value
                yield from self._named(origin, names if isinstance(value, ModuleType) else _made_of(origin, name))


def _within(value: Any) -> Iterable[Any]:
    match value:
        case FunctionType():
            return [cell.cell_contents for cell in value.__closure__ or ()]
        case type():
            return [*value.__bases__, *vars(value).values()]
        case property(fget=part) | classmethod(__func__=part) | staticmethod(__func__=part):
            return [part]
        case partial(func=part, args=args, keywords=keywords):
            return [part, args, keywords]
        case Mapping() | tuple() | list() | set() | frozenset():
            return [*value, *value.values()] if isinstance(value, Mapping) else value
    return [value.__wrapped__] if hasattr(value, "__wrapped__") else []


def _names(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(text_of(module))


@cache
def _imports(module: str) -> Mapping[str, str]:
    """Return where a module takes its names from: `from MODULE import NAME`."""
    imports = (node for node in ast.walk(_tree(module)) if isinstance(node, ast.ImportFrom))
    return {name.asname or name.name: node.module for node in imports if node.module for name in node.names}


@cache
def _made_of(module: str, constant: str) -> frozenset[str]:
    """Return the names of which a constant of a module is made."""
    made: set[str] = set()
    for node in _tree(module).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and constant in map(_name, targets):
            made |= {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
    return frozenset(made)


def _name(node: ast.AST | None) -> str | None:
    return node.id if isinstance(node, ast.Name) else None
