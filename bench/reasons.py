"""What a benchmark pays for that its peer does not: where to look first when a goal is missed. Not a measurement."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "append_16_writers": "writers, service and database share the cores: where a flush is short, they are the limit",
    "relay": "the peer's messages lie ready in memory; the relay reads each fact, writes its envelope, waits for the "
    "broker and saves its place, on the same cores as database and broker: some 10 µs of its own processor time each, "
    "of which 2 to fetch it, 3 for its headers and 2 to put it into a batch, where the peer needs 3 to 4 in all",
    "listen": "raw reading decodes no fact; each fact costs its envelope, its fence, its JSON and its fold, and each "
    "batch a transaction of the database on the same cores",
    "rebuild": "raw reading decodes no fact; here each is decoded and folded by one process",
    "rebuild_switch": "the switch waits for its turn on busy cores",
    "http_command": "both go through the same edge, whose share of a command is the same for each",
    "end_to_end_p50": "the database, the broker and five processes of two services share the cores with the load",
    "end_to_end_p99": "a slow flush, or a process that waits for a core, delays everything behind it",
    "today_view_300": "all of a caseload is opened, judged and sorted for each answer: about 0.23 ms for each person "
    "to open a name, go through the rules and write a line, and 300 people are five times a full caseload",
    "acceptance": "it is told, heard, answered by a command and told again, on the cores that the load uses",
    "search": "all that is found is counted and put in order, however many it is",
    "platform_start": "databases, broker, tracing and eight services start at once on the same cores",
}
WHATEVER: str = "no reason is known yet: compare the line with the one before it, on a machine that does nothing else"


def reason_for(name: str) -> str:
    """Return where to look first when the goal of a benchmark is missed."""
    return REASONS.get(name, WHATEVER)
