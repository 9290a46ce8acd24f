"""Running the histories of the core's and the plugins' tables: each migration once, whole or not at all."""

from __future__ import annotations

import hashlib
import re
import runpy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from . import ddl
from .database import Database
from .operations import (
    AddCheck,
    AddColumn,
    AddIndex,
    AlterColumn,
    CreateTable,
    DropCheck,
    DropIndex,
    DropTable,
    MigrationFault,
    Operation,
    RenameColumn,
    RenameTable,
    RunPython,
    RunSQL,
    Schema,
    TableChange,
    replay,
)
from .shapes import Column, TableShape, literal, quoted
from .triggers import TriggerSpec, drop_triggers, missing_triggers, synchronise

#: Never shared between plugins: everybody's first migration is called 0001_initial.
HISTORY_TABLE = TableShape(
    "core_migration",
    [
        Column("plugin", "text", length=100),
        Column("name", "text", length=100),
        Column("applied_at", "datetime"),
        Column("checksum", "text", length=64),
    ],
    primary_key=["plugin", "name"],
)
FILE_NAME = re.compile(r"\d{4}_\w+")
Applied = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Migration:
    name: str
    operations: Sequence[Operation]
    checksum: str


@dataclass(frozen=True)
class History:
    """`name` is the plugin's, or `plugin+other` for the tables of its glue with another."""

    name: str
    migrations: Sequence[Migration]

    @property
    def schema(self) -> Schema:
        """The tables that its migrations end in."""
        schema: Schema = {}
        for migration in self.migrations:
            schema = replay(schema, migration.operations)
        return schema


def read_history(name: str, folder: Path) -> History:
    """Of the files `0001_initial.py`, `0002_....py` of a folder, which may be missing or empty.

    Raises MigrationFault for a number that two files share, and for a file without `operations`.
    """
    files = sorted(path for path in folder.glob("*.py") if FILE_NAME.fullmatch(path.stem))
    for number, times in Counter(path.stem[:4] for path in files).items():
        if times > 1:
            raise MigrationFault(
                f"{name}: {times} migrations have the number {number} in {folder}; renumber one"
            )
    return History(name, tuple(map(_read, files)))


def _read(path: Path) -> Migration:
    values = runpy.run_path(str(path))
    if not isinstance(values.get("operations"), list):
        raise MigrationFault(f"{path} has no list `operations`")
    return Migration(path.stem, tuple(values["operations"]), hashlib.sha256(path.read_bytes()).hexdigest())


def pending(
    database: Database, histories: Sequence[History], triggers: Sequence[TriggerSpec] = ()
) -> list[tuple[str, str]]:
    """The migrations not yet run; `(table, "triggers")` for a table that lacks one. Two or three queries.

    Raises MigrationFault for a database that is ahead of the code.
    """
    applied = _applied(database)
    _check(histories, applied)
    todo = [
        (history.name, migration.name)
        for history in histories
        for migration in history.migrations
        if (history.name, migration.name) not in applied
    ]
    return todo + [(table, "triggers") for table in missing_triggers(database, triggers)]


def migrate(
    database: Database,
    histories: Sequence[History],
    *,
    triggers: Sequence[TriggerSpec] = (),
    report: Callable[[str], object],
) -> list[str]:
    """Run what is pending, in the order given, and say what was run (`plugin 0001_initial`).

    Each migration and its row in the history are one transaction, so that a killed run is simply run again;
    two runs at once take turns. The triggers are off inside it, and those that fit the new tables are on when
    it commits. `report` hears of each migration before it starts, and of files edited since they ran.
    """
    with _turn(database):
        ddl.execute(
            database,
            ddl.create_table(database.dialect, HISTORY_TABLE)[0].replace(
                "CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1
            ),
        )
    applied = _applied(database)
    _check(histories, applied)
    done = []
    for history in histories:
        schema: Schema = {}
        for migration in history.migrations:
            title = f"{history.name} {migration.name}"
            checksum = applied.get((history.name, migration.name))
            if checksum is None:
                report(title)
                with _naming(title):
                    ran = _run(database, history.name, migration, schema, triggers)
                done += [title] * ran
            elif checksum != migration.checksum:
                report(f"{title} was edited after it had run; what it says now was not done")
            with _naming(title):
                schema = replay(schema, migration.operations)
    _finish(database, triggers)
    return done


def _check(histories: Sequence[History], applied: Applied) -> None:
    """A history's applied migrations are its first ones, and none besides."""
    for history in histories:
        ran = {name for plugin, name in applied if plugin == history.name}
        known = [migration.name for migration in history.migrations]
        if unknown := sorted(ran - set(known)):
            raise MigrationFault(
                f"{history.name}: the database has already run {', '.join(unknown)}, which this "
                "version does not know; install the version that it was written by"
            )
        late = [name for index, name in enumerate(known) if name not in ran and ran & set(known[index:])]
        if late:
            raise MigrationFault(
                f"{history.name}: {', '.join(late)} would run after a later one, which has run "
                "already; give it the next number"
            )


def applied_migrations(database: Database) -> list[tuple[str, str]]:
    """(history, migration) of all that were run, in the order of their names."""
    return sorted(_applied(database))


def _applied(database: Database) -> Applied:
    if not database.table_exists(HISTORY_TABLE.name):
        return {}
    rows = ddl.execute(
        database, f"SELECT plugin, name, checksum FROM {quoted(HISTORY_TABLE.name)}"
    ).fetchall()
    return {(plugin, name): checksum for plugin, name, checksum in rows}


def _run(
    database: Database, plugin: str, migration: Migration, schema: Schema, triggers: Sequence[TriggerSpec]
) -> bool:
    """False when another run has done it in the meantime."""
    with _without_foreign_keys(database, migration.operations), _turn(database):
        if (plugin, migration.name) in _applied(database):
            return False
        if not all(isinstance(operation, CreateTable) for operation in migration.operations):
            drop_triggers(database)
        for group in _groups(migration.operations):
            after = replay(schema, group)
            _execute(database, group, schema, after)
            schema = after
        _check_foreign_keys(database)
        row = (plugin, migration.name, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}", migration.checksum)
        ddl.execute(
            database,
            f"INSERT INTO {quoted(HISTORY_TABLE.name)} (plugin, name, applied_at, checksum) "
            f"VALUES ({', '.join(map(literal, row))})",
        )
        synchronise(database, triggers)
    return True


def _finish(database: Database, triggers: Sequence[TriggerSpec]) -> None:
    with _turn(database):
        synchronise(database, triggers)
    if missing := missing_triggers(database, triggers):
        raise MigrationFault(f"no migration makes what the triggers of {', '.join(missing)} look at")


@contextmanager
def _naming(title: str) -> Iterator[None]:
    try:
        yield
    except (MigrationFault, ValueError) as error:
        raise MigrationFault(f"{title}: {error}") from error


def _groups(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Neighbours that change one table go together: on SQLite that is one copy of it instead of several."""
    together = (AddColumn, AlterColumn, AddIndex, DropIndex, AddCheck, DropCheck)

    def key(numbered: tuple[int, Operation]) -> str | int:
        number, operation = numbered
        return operation.table if isinstance(operation, together) else number

    return ([operation for _, operation in group] for _, group in groupby(enumerate(operations), key))


def _execute(database: Database, group: Sequence[Operation], before: Schema, after: Schema) -> None:
    match group[0]:
        case RunPython(run):
            run(database)
        case first:
            for statement in _statements(database.dialect, first, before, after):
                ddl.execute(database, statement)


def _statements(
    dialect: ddl.Dialect,
    first: CreateTable | DropTable | RenameTable | TableChange | RunSQL,
    before: Schema,
    after: Schema,
) -> Iterable[str]:
    match first:
        case CreateTable(shape):
            return ddl.create_table(dialect, shape)
        case DropTable(table):
            return [ddl.drop_table(table)]
        case RenameTable(table, to):
            return ddl.rename_table(dialect, before[table], after[to])
        case RunSQL():
            return filter(None, [first.sqlite if dialect == "sqlite" else first.postgresql])
        case _:
            renamed: Mapping[str, str] = {first.column: first.to} if isinstance(first, RenameColumn) else {}
            return ddl.alter_table(dialect, before[first.table], after[first.table], renamed)


@contextmanager
def _turn(database: Database) -> Iterator[None]:
    """A write transaction, one run at a time."""
    with database.write():
        database.serialize("trastienda:migrate")
        yield


@contextmanager
def _without_foreign_keys(database: Database, operations: Sequence[Operation]) -> Iterator[None]:
    """On SQLite, if tables are replaced: to drop the old one would delete the rows that refer to it.

    The pragma does nothing inside a transaction, hence before it; `_check_foreign_keys` makes up for it.
    """
    if database.dialect == "postgresql" or all(
        isinstance(operation, CreateTable | RunSQL | RunPython) for operation in operations
    ):
        yield
        return
    ddl.execute(database, "PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        ddl.execute(database, "PRAGMA foreign_keys = ON")


def _check_foreign_keys(database: Database) -> None:
    if database.dialect == "sqlite":
        broken = sorted({row[0] for row in ddl.execute(database, "PRAGMA foreign_key_check").fetchall()})
        if broken:
            raise MigrationFault(
                f"it leaves rows of {', '.join(broken)} that refer to rows that are not there"
            )
