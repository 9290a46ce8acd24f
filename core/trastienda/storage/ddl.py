"""Shapes as SQL: STRICT tables on SQLite, identity columns on PostgreSQL. Literals are written out, since DDL
takes no parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from .database import Database
from .shapes import Column, ColumnType, Index, TableShape, identifier, literal, quoted

Dialect: TypeAlias = Literal["sqlite", "postgresql"]

SQLITE_TYPES: Mapping[ColumnType, str] = {
    "id": "INTEGER",
    "bigint": "INTEGER",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "float": "REAL",
    "text": "TEXT",
    "date": "TEXT",
    "datetime": "TEXT",
    "time": "TEXT",
    "json": "TEXT",
    "bytes": "BLOB",
    "uuid": "TEXT",
}
POSTGRESQL_TYPES: Mapping[ColumnType, str] = {
    "id": "BIGINT",
    "bigint": "BIGINT",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
    "float": "DOUBLE PRECISION",
    "text": "TEXT",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "json": "JSONB",
    "bytes": "BYTEA",
    "uuid": "UUID",
}


def execute(database: Database, statement: str) -> Any:
    """One statement without parameters.

    peewee passes an empty tuple of them, so that psycopg would interpret a `%`.
    """
    execute_sql: Any = database.execute_sql
    return execute_sql(statement if database.dialect == "sqlite" else statement.replace("%", "%%"))


def create_table(dialect: Dialect, shape: TableShape, *, named: str = "") -> list[str]:
    """The table, then its indexes; with `named`, under that name, the table alone."""
    parts = [_column(dialect, shape.name, column) for column in shape.columns]
    inline = dialect == "sqlite" and any(column.type == "id" for column in shape.columns)
    if shape.primary_key and not inline:
        parts.append(f"CONSTRAINT {_primary(shape.name)} PRIMARY KEY ({_list(shape.primary_key)})")
    parts += [f"CONSTRAINT {quoted(check.name)} CHECK ({check.sql})" for check in shape.checks]
    table = f"CREATE TABLE {quoted(named or shape.name)} ({', '.join(parts)})"
    return [
        table + " STRICT" * (dialect == "sqlite"),
        *([] if named else [create_index(shape.name, index) for index in shape.indexes]),
    ]


def create_index(table: str, index: Index) -> str:
    unique = "UNIQUE " if index.unique else ""
    columns = ", ".join(quoted(column) if column.isidentifier() else column for column in index.columns)
    where = f" WHERE {index.where}" if index.where else ""
    return f"CREATE {unique}INDEX {quoted(index.name)} ON {quoted(table)} ({columns}){where}"


def drop_table(table: str) -> str:
    return f"DROP TABLE {quoted(table)}"


def rename_table(dialect: Dialect, old: TableShape, new: TableShape) -> Iterator[str]:
    """The table, and whatever is named after it."""
    yield f"ALTER TABLE {quoted(old.name)} RENAME TO {quoted(new.name)}"
    moved = replace(old, name=new.name)
    if dialect == "sqlite":
        yield from _rebuild(moved, new, {})
        return
    if old.primary_key:
        yield f"ALTER TABLE {quoted(new.name)} RENAME CONSTRAINT {_primary(old.name)} TO {_primary(new.name)}"
    for column in new.columns:
        if column.references:
            yield _rename_constraint(
                new.name, _foreign(old.name, column.name), _foreign(new.name, column.name)
            )
        if column.type == "id":
            yield (
                f"ALTER SEQUENCE {quoted(identifier(old.name, column.name, 'seq'))} "
                f"RENAME TO {quoted(identifier(new.name, column.name, 'seq'))}"
            )
    yield from _alter_postgresql(replace(moved, columns=new.columns), new, {})


def alter_table(
    dialect: Dialect, old: TableShape, new: TableShape, renamed: Mapping[str, str]
) -> Iterator[str]:
    """From one shape of a table to another; `renamed` maps a column's old name to its new one.

    Raises ValueError for another primary key, which wants a new table.
    """
    if tuple(renamed.get(key, key) for key in old.primary_key) != new.primary_key or _ids(old) != _ids(new):
        raise ValueError(f"{old.name}: a table keeps its primary key")
    if dialect == "postgresql":
        yield from _alter_postgresql(old, new, renamed)
    elif _appends_only(old, new, renamed):
        yield from _dropped_indexes(old, new)
        for column in new.columns[len(old.columns) :]:
            yield f"ALTER TABLE {quoted(new.name)} ADD COLUMN {_column('sqlite', new.name, column)}"
        yield from _created_indexes(old, new)
    else:
        yield from _rebuild(old, new, renamed)


def _appends_only(old: TableShape, new: TableShape, renamed: Mapping[str, str]) -> bool:
    """Whether SQLite can do it in place: indexes, and columns at the end that are NULL in every row."""
    kept, added = new.columns[: len(old.columns)], new.columns[len(old.columns) :]
    return (
        kept == old.columns
        and not renamed
        and set(old.checks) == set(new.checks)
        and all(column.null and column.fill is None for column in added)
    )


def _rebuild(old: TableShape, new: TableShape, renamed: Mapping[str, str]) -> Iterator[str]:
    """SQLite's twelve steps (https://www.sqlite.org/lang_altertable.html, section 7), foreign keys being off.

    The row in sqlite_sequence is carried over, so that no id is given out twice.
    """
    table, fresh = quoted(new.name), identifier("new", new.name)
    before = {column: name for name, column in renamed.items()}
    copies = [_copied(old, column, before.get(column.name, column.name)) for column in new.columns]
    yield from create_table("sqlite", new, named=fresh)
    yield (
        f"INSERT INTO {quoted(fresh)} ({_list(column.name for column in new.columns)}) "
        f"SELECT {', '.join(copies)} FROM {table}"
    )
    if _ids(new):
        yield f"DELETE FROM sqlite_sequence WHERE name = {literal(fresh)}"
        yield (
            f"INSERT INTO sqlite_sequence (name, seq) SELECT {literal(fresh)}, seq FROM sqlite_sequence "
            f"WHERE name = {literal(new.name)}"
        )
    yield drop_table(new.name)
    yield f"ALTER TABLE {quoted(fresh)} RENAME TO {table}"
    for index in new.indexes:
        yield create_index(new.name, index)


def _copied(old: TableShape, column: Column, source: str) -> str:
    if source not in old.by_name:
        return literal(column.fill)
    value, kind = quoted(source), SQLITE_TYPES[column.type]
    if SQLITE_TYPES[old.column(source).type] != kind:
        value = f"CAST({value} AS {kind})"
    return value if column.null or column.fill is None else f"COALESCE({value}, {literal(column.fill)})"


def _alter_postgresql(old: TableShape, new: TableShape, renamed: Mapping[str, str]) -> Iterator[str]:
    table = f"ALTER TABLE {quoted(new.name)}"
    yield from _dropped_indexes(old, new)
    for check in old.checks:
        if check not in new.checks:
            yield f"{table} DROP CONSTRAINT {quoted(check.name)}"
    for name, to in renamed.items():
        yield f"{table} RENAME COLUMN {quoted(name)} TO {quoted(to)}"
        if old.column(name).references:
            yield _rename_constraint(new.name, _foreign(new.name, name), _foreign(new.name, to))
    before = {renamed.get(column.name, column.name): column for column in old.columns}
    yield from (f"{table} DROP COLUMN {quoted(name)}" for name in before if name not in new.by_name)
    for column in new.columns:
        if column.name not in before:
            yield from _added_column(table, new.name, column)
        elif column != replace(before[column.name], name=column.name):
            yield from _altered_column(table, new.name, before[column.name], column)
    for check in new.checks:
        if check not in old.checks:
            yield f"{table} ADD CONSTRAINT {quoted(check.name)} CHECK ({check.sql})"
    yield from _created_indexes(old, new)


def _added_column(table: str, owner: str, column: Column) -> Iterator[str]:
    """The fill is a default for the moment of adding, which PostgreSQL does without rewriting the table."""
    filled = column.fill is not None
    default = f" DEFAULT {literal(column.fill)}" if filled else ""
    yield f"{table} ADD COLUMN {_column('postgresql', owner, column)}{default}"
    if filled:
        yield f"{table} ALTER COLUMN {quoted(column.name)} DROP DEFAULT"


def _altered_column(table: str, owner: str, old: Column, new: Column) -> Iterator[str]:
    name = quoted(new.name)
    if old.references and (old.references, old.on_delete) != (new.references, new.on_delete):
        yield f"{table} DROP CONSTRAINT {_foreign(owner, new.name)}"
    if (old.type, old.length) != (new.type, new.length):
        kind = _postgresql_type(new)
        yield f"{table} ALTER COLUMN {name} TYPE {kind} USING {name}::{kind}"
    if old.null and not new.null:
        if new.fill is not None:
            yield f"UPDATE {quoted(owner)} SET {name} = {literal(new.fill)} WHERE {name} IS NULL"
        yield f"{table} ALTER COLUMN {name} SET NOT NULL"
    if new.null and not old.null:
        yield f"{table} ALTER COLUMN {name} DROP NOT NULL"
    if new.references and (old.references, old.on_delete) != (new.references, new.on_delete):
        yield f"{table} ADD CONSTRAINT {_foreign(owner, new.name)} FOREIGN KEY ({name}) {_references(new)}"


def _column(dialect: Dialect, table: str, column: Column) -> str:
    words = [
        quoted(column.name),
        SQLITE_TYPES[column.type] if dialect == "sqlite" else _postgresql_type(column),
    ]
    if not column.null:
        words.append("NOT NULL")
    if column.type == "id":
        words.append(
            "PRIMARY KEY AUTOINCREMENT" if dialect == "sqlite" else "GENERATED BY DEFAULT AS IDENTITY"
        )
    if dialect == "sqlite" and column.type == "text" and column.length:
        name = quoted(identifier(table, column.name, "length"))
        words.append(f"CONSTRAINT {name} CHECK (length({quoted(column.name)}) <= {column.length})")
    if column.references:
        words.append(f"CONSTRAINT {_foreign(table, column.name)} {_references(column)}")
    return " ".join(words)


def _postgresql_type(column: Column) -> str:
    return (
        f"VARCHAR({column.length})"
        if column.type == "text" and column.length
        else POSTGRESQL_TYPES[column.type]
    )


def _references(column: Column) -> str:
    table, key = column.target
    return f"REFERENCES {quoted(table)} ({quoted(key)})" + (
        f" ON DELETE {column.on_delete}" if column.on_delete else ""
    )


def _dropped_indexes(old: TableShape, new: TableShape) -> Iterator[str]:
    return (f"DROP INDEX {quoted(index.name)}" for index in old.indexes if index not in new.indexes)


def _created_indexes(old: TableShape, new: TableShape) -> Iterator[str]:
    return (create_index(new.name, index) for index in new.indexes if index not in old.indexes)


def _rename_constraint(table: str, name: str, to: str) -> str:
    return f"ALTER TABLE {quoted(table)} RENAME CONSTRAINT {name} TO {to}"


def _ids(shape: TableShape) -> bool:
    return any(column.type == "id" for column in shape.columns)


def _primary(table: str) -> str:
    return quoted(identifier(table, "pkey"))


def _foreign(table: str, column: str) -> str:
    return quoted(identifier(table, column, "fkey"))


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
