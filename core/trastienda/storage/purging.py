"""Dropping a plugin's tables: what stands in them, and what of others' refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from . import ddl
from .database import Database
from .migrations import HISTORY_TABLE
from .shapes import literal, quoted


@dataclass(frozen=True)
class Reference:
    """A column of a table that stays, pointing into one that is to go."""

    table: str
    column: str
    target: str


def rows_in(database: Database, table: str) -> int:
    return int(ddl.execute(database, f"SELECT COUNT(*) FROM {quoted(table)}").fetchone()[0])


def references_to(database: Database, tables: Sequence[str]) -> list[Reference]:
    """From the tables that are not among them."""
    return [
        Reference(table, key.column, key.dest_table)
        for table in sorted(set(database.get_tables()) - set(tables))
        for key in database.get_foreign_keys(table)
        if key.dest_table in tables
    ]


@contextmanager
def without_foreign_keys(database: Database) -> Iterator[None]:
    """On SQLite, where a table that refers to itself cannot be dropped otherwise; outside any transaction."""
    if database.dialect == "sqlite":
        ddl.execute(database, "PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        if database.dialect == "sqlite":
            ddl.execute(database, "PRAGMA foreign_keys = ON")


def drop_tables(database: Database, tables: Sequence[str]) -> None:
    """Inside a write transaction; nothing that stays may refer to them."""
    cascade = " CASCADE" if database.dialect == "postgresql" else ""
    for table in tables:
        ddl.execute(database, f"DROP TABLE {quoted(table)}{cascade}")


def ran(database: Database, histories: Iterable[str]) -> int:
    """How many of their migrations this database has run."""
    return int(ddl.execute(database, f"SELECT COUNT(*) {_of(histories)}").fetchone()[0])


def forget(database: Database, histories: Iterable[str]) -> None:
    """As if their migrations had never run."""
    ddl.execute(database, f"DELETE {_of(histories)}")


def _of(histories: Iterable[str]) -> str:
    return f"FROM {quoted(HISTORY_TABLE.name)} WHERE plugin IN ({', '.join(map(literal, histories))})"
