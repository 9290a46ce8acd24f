"""Rows that the database itself refuses to change.

The triggers follow from what entities declare: no migration names them, `synchronise` brings them about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Literal

from .database import Database
from .ddl import Dialect, execute
from .shapes import identifier, literal, quoted

PREFIX = "tl_"
SAME = "IS NOT DISTINCT FROM"
SQLITE_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 3) = 'tl_'"
POSTGRESQL_TRIGGERS = """
    SELECT tgname FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = current_schema() AND left(tgname, 3) = 'tl_' AND tgenabled IN ('O', 'A')"""
POSTGRESQL_FUNCTIONS = """
    SELECT proname FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE nspname = current_schema() AND left(proname, 3) = 'tl_'"""
SQLITE_COLUMNS = """
    SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table'"""
POSTGRESQL_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"""


@dataclass(frozen=True)
class TriggerSpec:
    """Refuses an event on a row of `table` when `when` holds, a condition on OLD and NEW; always if empty.

    `first` is run before, by PostgreSQL alone: it locks the rows that the condition looks at, SQLite having
    but one writer anyway. `uses` are the tables' columns without which the trigger cannot be.
    """

    table: str
    event: Literal["INSERT", "UPDATE", "DELETE", "TRUNCATE"]
    _: KW_ONLY
    when: str = ""
    first: str = ""
    uses: frozenset[tuple[str, str]] = frozenset()

    @property
    def name(self) -> str:
        """Ends in a digest of the trigger's text, so that another text is another trigger."""
        text = "\n".join([*self._sqlite("name"), *self._postgresql("name")])
        return identifier(
            f"{PREFIX}{self.table}_{self.event.lower()}", hashlib.sha256(text.encode()).hexdigest()[:8]
        )

    def statements(self, dialect: Dialect) -> list[str]:
        """None where the dialect has no such event."""
        return [*(self._sqlite(self.name) if dialect == "sqlite" else self._postgresql(self.name))]

    def _sqlite(self, name: str) -> Iterator[str]:
        if self.event != "TRUNCATE":
            when = f"WHEN {self.when.replace(SAME, 'IS')} " if self.when else ""
            yield (
                f"CREATE TRIGGER {quoted(name)} BEFORE {self.event} ON {quoted(self.table)} FOR EACH ROW "
                f"{when}BEGIN SELECT RAISE(ABORT, 'trastienda:locked {self.table}'); END"
            )

    def _postgresql(self, name: str) -> Iterator[str]:
        refusal = f"RAISE EXCEPTION 'trastienda:locked {self.table}' USING ERRCODE = 'restrict_violation'"
        refusal = f"IF {self.when} THEN {refusal}; END IF" if self.when else refusal
        row = "OLD" if self.event == "DELETE" else "NEW" if self.event in ("INSERT", "UPDATE") else "NULL"
        yield (
            f"CREATE FUNCTION {quoted(name)}() RETURNS trigger LANGUAGE plpgsql AS $trigger$ "
            f"BEGIN {self.first}{refusal}; RETURN {row}; END $trigger$"
        )
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        yield (
            f"CREATE TRIGGER {quoted(name)} BEFORE {self.event} ON {quoted(self.table)} "
            f"FOR EACH {each} EXECUTE FUNCTION {quoted(name)}()"
        )


def lock_triggers(
    *,
    table: str,
    state_column: str,
    locked_states: Sequence[str],
    moves: Sequence[tuple[str, str]],
    but: Sequence[str],
    columns: Sequence[str],
    children: Sequence[tuple[str, str]] = (),
) -> list[TriggerSpec]:
    """A row in a locked state is neither deleted nor changed, nor are its children, nor does it get new ones.

    One update is admitted: along one of `moves` (from a locked state, to another), which may change the
    version and the columns in `but` as well. `columns` are all of the table's; `children` pairs a table with
    its foreign key to this one's id.
    """
    state = quoted(state_column)
    locked = f"{state} IN ({', '.join(map(literal, locked_states))})"
    ways = [
        f"(OLD.{state} = {literal(before)} AND NEW.{state} {SAME} {literal(after)})"
        for before, after in sorted(set(moves))
        if before in locked_states
    ]
    kept = _kept(column for column in columns if column not in {state_column, "version", *but})
    admitted = f" AND NOT (({' OR '.join(ways)}) AND {kept})" if ways else ""
    uses = frozenset((table, column) for column in (state_column, *columns))
    specs = [
        TriggerSpec(table, "UPDATE", when=f"OLD.{locked}{admitted}", uses=uses),
        TriggerSpec(table, "DELETE", when=f"OLD.{locked}", uses=uses),
        TriggerSpec(table, "TRUNCATE", uses=uses),
    ]
    for child, key in children:
        specs += _child_triggers(child, key, parent=table, locked=locked, uses=uses | {(child, key)})
    return specs


def _child_triggers(
    child: str, key: str, *, parent: str, locked: str, uses: frozenset[tuple[str, str]]
) -> Iterator[TriggerSpec]:
    """PostgreSQL holds the parent first: else a line could come in while another transaction locks it."""
    rows: dict[Literal["INSERT", "UPDATE", "DELETE"], str] = {
        "INSERT": "NEW",
        "UPDATE": "OLD NEW",
        "DELETE": "OLD",
    }
    for event, versions in rows.items():
        keys = ", ".join(f"{version}.{quoted(key)}" for version in versions.split())
        found = f'FROM {quoted(parent)} WHERE "id" IN ({keys})'
        yield TriggerSpec(
            child,
            event,
            when=f"EXISTS (SELECT 1 {found} AND {locked})",
            first=f"PERFORM 1 {found} FOR SHARE; ",
            uses=uses,
        )
    yield TriggerSpec(child, "TRUNCATE", uses=uses)


def append_only_triggers(*, table: str, columns: Sequence[str], but: Sequence[str] = ()) -> list[TriggerSpec]:
    """Rows are added, never deleted, and only the columns in `but` (what the law may have erased) change."""
    kept = _kept(column for column in columns if column not in but)
    uses = frozenset((table, column) for column in columns)
    return [
        TriggerSpec(table, "UPDATE", when=f"NOT ({kept})" if but else "", uses=uses),
        TriggerSpec(table, "DELETE", uses=uses),
        TriggerSpec(table, "TRUNCATE", uses=uses),
    ]


def _kept(columns: Iterable[str]) -> str:
    return " AND ".join(f"NEW.{quoted(column)} {SAME} OLD.{quoted(column)}" for column in columns)


def missing_triggers(database: Database, triggers: Iterable[TriggerSpec]) -> list[str]:
    """The tables with a trigger that should be there and isn't, or is switched off. One query."""
    working = _working(database)
    return sorted(
        {spec.table for spec in triggers if spec.name not in working and spec.statements(database.dialect)}
    )


def drop_triggers(database: Database) -> None:
    """All of them, so that a migration may change tables and locked rows."""
    for name in _existing(database):
        _drop(database, name)


def synchronise(database: Database, triggers: Iterable[TriggerSpec]) -> None:
    """Drop what is not asked for; create what is missing, as far as its tables and columns exist by now."""
    wanted = {spec.name: spec for spec in triggers if spec.statements(database.dialect)}
    working = _working(database)
    for name in _existing(database) - (wanted.keys() & working):
        _drop(database, name)
    missing = [spec for name, spec in wanted.items() if name not in working]
    there = _columns(database) if missing else set()
    for spec in missing:
        if spec.uses <= there:
            for statement in spec.statements(database.dialect):
                execute(database, statement)


def _drop(database: Database, name: str) -> None:
    execute(
        database,
        f"DROP TRIGGER {quoted(name)}"
        if database.dialect == "sqlite"
        else f"DROP FUNCTION {quoted(name)}() CASCADE",
    )


def _working(database: Database) -> set[str]:
    return _names(database, sqlite=SQLITE_TRIGGERS, postgresql=POSTGRESQL_TRIGGERS)


def _existing(database: Database) -> set[str]:
    """On PostgreSQL their functions, which outlive a trigger that was dropped or switched off by hand."""
    return _names(database, sqlite=SQLITE_TRIGGERS, postgresql=POSTGRESQL_FUNCTIONS)


def _names(database: Database, *, sqlite: str, postgresql: str) -> set[str]:
    rows = execute(database, sqlite if database.dialect == "sqlite" else postgresql).fetchall()
    return {name for (name,) in rows}


def _columns(database: Database) -> set[tuple[str, str]]:
    """Every table's, in this database."""
    rows = execute(
        database, SQLITE_COLUMNS if database.dialect == "sqlite" else POSTGRESQL_COLUMNS
    ).fetchall()
    return {(table, column) for table, column in rows}
