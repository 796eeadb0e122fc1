"""Folding one partition of a topic in memory, and copying the rows into the tables of a new generation."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from psycopg import sql

from chassis.database import Connection
from chassis.listen.columns import as_copied, plain
from chassis.listen.positions import Fences
from chassis.listen.told import Told
from chassis.listen.views import Table, View


class Filling:
    """The rows and fences that one partition gives a generation of a view, as long as nothing in it fails."""

    def __init__(self, view: View, generation: int) -> None:
        self._consumer = f"{view.name}#{generation}"
        self._generation = generation
        self._type_names = view.type_names
        self._tables: list[tuple[Table[Any], dict[Any, Any]]] = [(table, {}) for table in view.tables]
        self._fences = Fences.fresh(self._consumer)

    def take(self, facts: Iterable[Told]) -> None:
        """Fold facts that come next. Raises whatever a fold raises."""
        folds = [(table.key, table.fold, rows) for table, rows in self._tables]
        for told in self._fences.sift(facts):
            if told.type in self._type_names:
                for key_of, fold, rows in folds:
                    key = key_of(told)
                    if key is not None:
                        rows[key] = fold(rows.get(key), told)

    async def write(self, connection: Connection) -> None:
        """Copy everything in, in the caller's transaction."""
        for table, rows in self._tables:
            await self._copy(connection, table, rows.values())
        await Fences.locked(connection, self._consumer, self._fences.places)
        await self._fences.save(connection)

    async def _copy(self, connection: Connection, table: Table[Any], rows: Iterable[Any]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        physical = sql.Identifier(f"{table.name}__{self._generation}")
        columns_of = attrgetter(*table.columns)
        unchanged = plain(table.kinds)
        async with connection.cursor().copy(
            sql.SQL("copy {} ({}) from stdin (format binary)").format(physical, names)
        ) as copy:
            copy.set_types(table.sql_types)
            for row in rows:
                values = columns_of(row)
                await copy.write_row(values if unchanged else as_copied(table.kinds, values))
