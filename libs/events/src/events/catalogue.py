"""All facts of all services together: what is documented, released and kept as golden examples."""

from importlib import import_module
from pkgutil import iter_modules

import events
from events.fact import Fact, known_facts


def every_fact() -> dict[str, type[Fact]]:
    """Return every fact class that a module of this package tells, by type name in order."""
    for module in iter_modules(events.__path__):
        import_module(f"{events.__name__}.{module.name}")
    told_here = f"{events.__name__}."
    return {name: fact for name, fact in sorted(known_facts().items()) if fact.__module__.startswith(told_here)}
