"""A database copied out to one file, as of one moment and while others write, and back into an empty one.

SQLite by its online backup, PostgreSQL by its own pg_dump and pg_restore, which must be no older than the server.
"""
from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import Refusal
from ..languages import gettext
from .database import Database, PostgresDatabase, SqliteDatabase

#: The number of rows of each table.
Counts = dict[str, int]


def dump(database: Database, file: Path, *, programs: Path | None) -> Counts:
    """Copy the database to `file`; the number of rows of each table as of the moment of the copy.

    `programs` is the folder of pg_dump, by default found as any program is.
    """
    if isinstance(database, SqliteDatabase):
        return _dump_sqlite(database, file)
    return _dump_postgres(database, file, programs=programs)


def load(database: Database, file: Path, *, programs: Path | None) -> None:
    """Fill an empty database from what `dump` made of one of its kind: whole or not at all."""
    if isinstance(database, SqliteDatabase):
        _load_sqlite(database, file)
    else:
        _load_postgres(database, file, programs=programs)


def is_empty(database: Database) -> bool:
    return not database.get_tables()


def count_rows(database: Database) -> Counts:
    return {name: _count(database, name) for name in sorted(database.get_tables())}


def _count(database: Database, table: str) -> int:
    return int(database.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0])


# -- SQLite
def _dump_sqlite(database: SqliteDatabase, file: Path) -> Counts:
    with closing(sqlite3.connect(file)) as copy:
        _connection(database).backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        (found,) = copy.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            raise Refusal(gettext("The database is damaged, and its copy with it: %(found)s", found=found))
        tables = [name for (name,) in copy.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1")]
        return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


def _load_sqlite(database: SqliteDatabase, file: Path) -> None:
    """Copied page by page in one transaction of the target, whose connections stay good."""
    with closing(sqlite3.connect(file)) as copy, database.queue.turn(0):
        copy.backup(_connection(database))


def _connection(database: SqliteDatabase) -> sqlite3.Connection:
    found: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]  # peewee has no types for it
    return found


# -- PostgreSQL
def _dump_postgres(database: PostgresDatabase, file: Path, *, programs: Path | None) -> Counts:
    with database.snapshot():
        (moment,) = database.execute_sql("SELECT pg_export_snapshot()").fetchone()
        counts = count_rows(database)
        with _reached(database) as (address, environment):
            _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}",
                             f"--file={file}", f"--dbname={address}"], environment, programs)
    return counts


def _load_postgres(database: PostgresDatabase, file: Path, *, programs: Path | None) -> None:
    with _reached(database) as (address, environment):
        _run("pg_restore", ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
                            f"--dbname={address}", str(file)], environment, programs)


@contextmanager
def _reached(database: PostgresDatabase) -> Iterator[tuple[str, dict[str, str]]]:
    """How a program reaches the database; the password goes by the environment, where `ps` does not show it."""
    from psycopg.conninfo import make_conninfo  # comes with the extra `postgres`

    options = {name: value for name, value in database.connect_params.items() if name != "prefer_psycopg3"}
    password = options.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    yield make_conninfo(dbname=database.database, **options), environment


def _run(program: str, arguments: list[str], environment: dict[str, str], programs: Path | None) -> None:
    path = shutil.which(program, path=str(programs) if programs else None)
    if path is None:
        raise Refusal(gettext("There is no %(program)s: install PostgreSQL's client programs, or name their folder in "
                              "the setting postgres_programs", program=program))
    done = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Refusal(done.stderr.strip() or gettext("%(program)s ended with status %(status)s", program=program,
                                                     status=done.returncode))
