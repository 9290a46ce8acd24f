"""The steps of a migration, and what each makes of the tables' shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, TypeAlias

from ..errors import TrastiendaError
from .shapes import Check, Column, Index, TableShape, mentions


class MigrationFault(TrastiendaError):
    """The database and the plugins' migrations don't fit each other."""

    status = 500
    title = "Migration fault"


@dataclass(frozen=True)
class CreateTable:
    shape: TableShape


@dataclass(frozen=True)
class DropTable:
    table: str


@dataclass(frozen=True)
class RenameTable:
    """Of a table that no other plugin's refers to: their histories would go on naming the old one."""

    table: str
    to: str


@dataclass(frozen=True)
class AddColumn:
    """Rows already there get `column.fill`; with none, and without NULL, the table must be empty."""

    table: str
    column: Column


@dataclass(frozen=True)
class AlterColumn:
    """To another type, length or reference, or to take NULL or not; NULLs then become `column.fill`."""

    table: str
    column: Column


@dataclass(frozen=True)
class DropColumn:
    """The indexes and checks that name it go with it."""

    table: str
    column: str


@dataclass(frozen=True)
class RenameColumn:
    """Of a column outside the primary key."""

    table: str
    column: str
    to: str


@dataclass(frozen=True)
class AddIndex:
    table: str
    index: Index


@dataclass(frozen=True)
class DropIndex:
    table: str
    index: str


@dataclass(frozen=True)
class AddCheck:
    """Rows already there must satisfy it."""

    table: str
    check: Check


@dataclass(frozen=True)
class DropCheck:
    table: str
    check: str


@dataclass(frozen=True)
class RunSQL:
    """One statement in each dialect, written out in full; an empty one is left out."""

    _: KW_ONLY
    sqlite: str
    postgresql: str


@dataclass(frozen=True)
class RunPython:
    """`run` gets the database, inside the migration's transaction. The models may be ahead of the tables by
    then, so it speaks SQL: `database.execute_sql`."""

    run: Callable[[Any], object]


TableChange: TypeAlias = (
    AddColumn | AlterColumn | DropColumn | RenameColumn | AddIndex | DropIndex | AddCheck | DropCheck
)
Operation: TypeAlias = CreateTable | DropTable | RenameTable | TableChange | RunSQL | RunPython
Schema: TypeAlias = Mapping[str, TableShape]


def replay(schema: Schema, operations: Iterable[Operation]) -> Schema:
    """The schema after the operations; MigrationFault for one that lacks what it names, or makes it twice."""
    for operation in operations:
        schema = _after(schema, operation)
    return schema


def _after(schema: Schema, operation: Operation) -> Schema:
    match operation:
        case CreateTable(shape):
            _absent(shape.name, schema, "table")
            return {**schema, shape.name: shape}
        case DropTable(table):
            _present(table, schema, "table")
            return {name: shape for name, shape in schema.items() if name != table}
        case RenameTable(table, to):
            _present(table, schema, "table")
            _absent(to, schema, "table")
            return {
                shape.name: shape
                for shape in (
                    shape.renamed(to) if name == table else _referring_anew(shape, table, to)
                    for name, shape in schema.items()
                )
            }
        case RunSQL() | RunPython():
            return schema
        case _:
            _present(operation.table, schema, "table")
            return {**schema, operation.table: _changed(schema[operation.table], operation)}


def _referring_anew(shape: TableShape, table: str, to: str) -> TableShape:
    return replace(
        shape,
        columns=[
            replace(column, references=f"{to}.{column.target[1]}") if column.target[0] == table else column
            for column in shape.columns
        ],
    )


def _changed(shape: TableShape, operation: TableChange) -> TableShape:
    indexes = {index.name: index for index in shape.indexes}
    checks = {check.name: check for check in shape.checks}
    match operation:
        case AddColumn(_, column):
            _absent(column.name, shape.by_name, f"column of {shape.name}")
            return replace(shape, columns=[*shape.columns, column])
        case AlterColumn(_, column):
            _present(column.name, shape.by_name, f"column of {shape.name}")
            return replace(
                shape, columns=[column if old.name == column.name else old for old in shape.columns]
            )
        case DropColumn(_, name):
            _present(name, shape.by_name, f"column of {shape.name}")
            return replace(
                shape,
                columns=[column for column in shape.columns if column.name != name],
                indexes=[index for index in shape.indexes if not index.mentions(name)],
                checks=[check for check in shape.checks if not mentions(check.sql, name)],
            )
        case RenameColumn(_, name, to):
            _present(name, shape.by_name, f"column of {shape.name}")
            _absent(to, shape.by_name, f"column of {shape.name}")
            if name in shape.primary_key:
                raise MigrationFault(
                    f"{shape.name}.{name} is the primary key, which other tables refer to by name"
                )
            return shape.with_renamed_column(name, to=to)
        case AddIndex(_, index):
            _absent(index.name, indexes, f"index of {shape.name}")
            return replace(shape, indexes=[*shape.indexes, index])
        case DropIndex(_, name):
            _present(name, indexes, f"index of {shape.name}")
            return replace(shape, indexes=[index for index in shape.indexes if index.name != name])
        case AddCheck(_, check):
            _absent(check.name, checks, f"check of {shape.name}")
            return replace(shape, checks=[*shape.checks, check])
        case DropCheck(_, name):
            _present(name, checks, f"check of {shape.name}")
            return replace(shape, checks=[check for check in shape.checks if check.name != name])


def _present(name: str, known: Mapping[str, object], what: str) -> None:
    if name not in known:
        raise MigrationFault(f"there is no {what} {name!r}")


def _absent(name: str, known: Mapping[str, object], what: str) -> None:
    if name in known:
        raise MigrationFault(f"there is already a {what} {name!r}")
