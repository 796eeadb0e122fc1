"""Views: tables that are a fold of a topic. A view is its tables; a table is a row type, a key and a fold."""

import hashlib
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, Generic, LiteralString, TypeVar, cast

from psycopg import sql

from chassis.database import Connection
from chassis.listen.columns import Column, as_read, column_of, plain
from chassis.listen.parking import Failure
from chassis.listen.reached import modules_reached, text_of
from chassis.listen.told import Told
from events.envelope import JOURNEY
from events.fact import Fact, names_read_as

R = TypeVar("R")


@dataclass(frozen=True)
class Table(Generic[R]):
    """A table of a view. Its columns are the fields of the dataclass `row`, the first one its primary key.

    `key` says which row a fact touches, None for none; it must follow from the fact alone. `fold` takes a fact into a
    row (None before the first) and returns it; it may change the row that it is given. A row is touched by facts of one
    message key only. A column named `tenant` puts the table under row-level security.

    A field of a `tuple[T, ...]` becomes an array (which psycopg gives to queries as a list), one of a `dict` or `list`
    becomes jsonb. An index is its columns, or begins with its method: `using gin (skills)`. Beside the fields there may
    be columns `generated` by PostgreSQL: `size int generated always as (length(words)) stored`.
    """

    name: LiteralString
    row: type[R]
    key: Callable[[Told], Any]
    fold: Callable[[R | None, Told], R]
    indexes: tuple[LiteralString, ...] = ()
    generated: tuple[LiteralString, ...] = ()
    columns: tuple[LiteralString, ...] = field(init=False)
    kinds: tuple[Column, ...] = field(init=False)
    sql_types: tuple[LiteralString, ...] = field(init=False)

    def __post_init__(self) -> None:
        hints = typing.get_type_hints(self.row)
        names = tuple(column.name for column in fields(cast("Any", self.row)))
        kinds = tuple(column_of(hints[name]) for name in names)
        object.__setattr__(self, "columns", names)
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "sql_types", tuple(kind.sql_type for kind in kinds))


@dataclass(frozen=True)
class View:
    """A read model: `facts` are the types that it folds, heard on `topic`, `tables` what it folds them into."""

    name: str
    facts: tuple[type[Fact], ...]
    tables: tuple[Table[Any], ...]
    topic: str = JOURNEY

    @property
    def type_names(self) -> frozenset[str]:
        """The type names that it hears, today's and old ones."""
        return frozenset().union(*map(names_read_as, self.facts))

    @property
    def modules(self) -> frozenset[str]:
        """The modules that its folds reach."""
        return modules_reached(part for table in self.tables for part in (table.key, table.fold, table.row))

    @cached_property
    def fold_hash(self) -> str:
        """A hash of its folds, its tables and the fields of its facts: when it changes, the view has to be rebuilt.

        Of its folds it holds the text of every module that they reach, as it was when it was asked for first.
        """
        parts = sorted(self.type_names)
        parts += [self.topic] if self.topic != JOURNEY else []
        parts += [f"{name}: {field.annotation}" for fact in self.facts for name, field in fact.model_fields.items()]
        for table in self.tables:
            parts += [table.name, repr(table.columns), repr(table.sql_types), repr(table.indexes)]
            parts += table.generated
            parts += [table.key.__qualname__, table.fold.__qualname__]
        parts += map(text_of, sorted(self.modules))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class Folding(Generic[R]):
    """Facts of one batch on their way into one table."""

    def __init__(self, table: Table[R], generation: int) -> None:
        self._table = table
        self._physical = sql.Identifier(f"{table.name}__{generation}")
        self._row = table.row if plain(table.kinds) else self._changed_row
        self.rows: dict[Any, R] = {}
        self._stored: dict[Any, tuple[Any, ...]] = {}

    def touched(self, facts: Iterable[Told]) -> set[Any]:
        """Return the keys of the rows that the facts touch."""
        facts = list(facts)
        try:
            keys = set(map(self._table.key, facts))
        except Exception:  # noqa: BLE001  (one by one, the broken facts are left out)
            keys = set(map(self._key, facts))
        return keys - {None}

    def _key(self, told: Told) -> Any:
        """Return the row that a fact touches; a broken fact touches none here, and fails when it is folded."""
        try:
            return self._table.key(told)
        except Exception:  # noqa: BLE001  (folding the fact raises it again, where it is parked)
            return None

    async def fetch(self, connection: Connection, facts: Iterable[Told]) -> None:
        """Read the rows that the facts touch."""
        keys = self.touched(facts)
        if not keys:
            self._stored = {}
            return
        table = self._table
        names = map(sql.Identifier, table.columns)
        columns = [name + sql.SQL("::" + kind.selected) for name, kind in zip(names, table.kinds, strict=True)]
        query = sql.SQL("select {} from {} where {} = any(%b::{}[])").format(
            _listed(columns), self._physical, sql.Identifier(table.columns[0]), sql.SQL(table.sql_types[0])
        )
        cursor = await connection.cursor(binary=True).execute(query, [list(keys)], prepare=True)
        self._stored = {row[0]: row for row in await cursor.fetchall()}

    def begin(self) -> None:
        """Start from the rows as they are stored."""
        self.rows = {key: self._row(*row) for key, row in self._stored.items()}

    def _changed_row(self, *stored: Any) -> R:
        return self._table.row(*as_read(self._table.kinds, stored))

    def reset(self, facts: Iterable[Told]) -> None:
        """Take the rows that the facts touch back to how they are stored."""
        for key in self.touched(facts):
            self.rows.pop(key, None)
            if key in self._stored:
                self.rows[key] = self._row(*self._stored[key])

    def take(self, told: Told) -> None:
        """Fold one fact."""
        key = self._table.key(told)
        if key is not None:
            self.rows[key] = self._table.fold(self.rows.get(key), told)

    async def upsert(self, connection: Connection) -> None:
        """Write the folded rows in one statement."""
        if not self.rows:
            return
        get = attrgetter(*self._table.columns)
        columns = zip(*map(get, self.rows.values()), strict=True)
        passed = [kind.passing(column) for kind, column in zip(self._table.kinds, columns, strict=True)]
        await connection.cursor(binary=True).execute(self._statement(), passed, prepare=True)

    def _statement(self) -> sql.Composed:
        table = self._table
        names = [sql.Identifier(name) for name in table.columns]
        return sql.SQL(
            "insert into {table} ({columns}) select {values} from unnest({arrays}) as x ({columns})"
            " on conflict ({key}) do update set {changes}"
        ).format(
            table=self._physical,
            columns=_listed(names),
            values=_listed(name + sql.SQL("::" + kind.sql_type) for name, kind in zip(names, table.kinds, strict=True)),
            arrays=_listed(sql.SQL("%b::" + kind.passed + "[]") for kind in table.kinds),
            key=names[0],
            changes=_listed(sql.SQL("{0} = excluded.{0}").format(name) for name in names[1:]),
        )


def _listed(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def fold_facts(foldings: Sequence[Folding[Any]], facts: Sequence[Told]) -> list[Failure]:
    """Fold facts in order into all tables; a key's facts from its first failing one on are left out of every table."""
    failures: dict[str, Failure] = {}
    for folding in foldings:
        folding.begin()
    for told in facts:
        if told.key in failures:
            continue
        try:
            for folding in foldings:
                folding.take(told)
        except Exception as error:  # noqa: BLE001  (whatever it is, the fact is parked with it)
            failures[told.key] = Failure(told, error)
    if failures:
        _undo(foldings, facts, failures)
    return list(failures.values())


def _undo(foldings: Sequence[Folding[Any]], facts: Sequence[Told], failures: Mapping[str, Failure]) -> None:
    """Undo what failing facts left half done: fold what came before them again, into the rows as they are stored."""
    suspects = [told for told in facts if told.key in failures]
    for folding in foldings:
        folding.reset(suspects)
    stopped: set[str] = set()
    for told in suspects:
        if failures[told.key].told is told:
            stopped.add(told.key)
        elif told.key not in stopped:
            for folding in foldings:
                folding.take(told)


async def make_tables(connection: Connection, view: View, generation: int) -> None:
    """Make the empty tables of a generation."""
    for table in view.tables:
        columns = [f"{name} {kind}" for name, kind in zip(table.columns, table.sql_types, strict=True)]
        physical = f"{table.name}__{generation}"
        await connection.execute(f"create table {physical} ({', '.join([*columns, *table.generated])})")


async def index_tables(connection: Connection, view: View, generation: int) -> None:
    """Give filled tables their primary key, indexes, and row-level security (under which COPY does not work)."""
    for table in view.tables:
        physical = f"{table.name}__{generation}"
        await connection.execute(f"alter table {physical} add primary key ({table.columns[0]})")
        for number, index in enumerate(table.indexes):
            how = index if index.startswith("using ") else f"({index})"
            await connection.execute(f"create index {physical}_{number} on {physical} {how}")
        if "tenant" in table.columns:
            await connection.execute(_ROW_SECURITY.format(table=physical))
        await connection.execute(f"analyze {physical}")


async def drop_tables(connection: Connection, view: View, generation: int) -> None:
    """Drop the tables of a generation that nobody reads any more."""
    for table in view.tables:
        await connection.execute(
            sql.SQL("drop table if exists {}").format(sql.Identifier(f"{table.name}__{generation}"))
        )


async def show_tables(connection: Connection, view: View, generation: int) -> None:
    """Let readers see this generation under the view's own names, row-level security held by who reads."""
    for table in view.tables:
        name, physical = sql.Identifier(table.name), sql.Identifier(f"{table.name}__{generation}")
        await connection.execute(sql.SQL("drop view if exists {}").format(name))
        statement = sql.SQL("create view {} with (security_invoker = true) as select * from {}")
        await connection.execute(statement.format(name, physical))


_ROW_SECURITY: Final = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant_only on {table} using (
    (select current_setting('waymark.tenant', true)) = '*'
    or tenant = (select nullif(nullif(current_setting('waymark.tenant', true), '*'), '')::uuid)
)
"""
