"""SQLite and PostgreSQL behind one face: nobody else asks which of them it is."""
from __future__ import annotations

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import peewee
from playhouse.pool import PooledPostgresqlDatabase

from ..errors import Busy
from ..languages import gettext
from .folding import SQLITE_FUNCTION, fold_value
from .models import _current
from .queue import WriterQueue
from .rows import fetch, primary
from .sealing import Sealer

T = TypeVar("T")
sqlite3.register_adapter(date, date.isoformat)
sqlite3.register_adapter(datetime, lambda moment: moment.isoformat(" "))
#: Longer than a plugin that hangs for half a minute inside its transaction: the others wait, and then go on.
WRITE_TIMEOUT = 40.0
RETRIES = 6


@dataclass(frozen=True)
class Violation:
    """A constraint that said no: what kind, of which table, about which columns."""

    kind: Literal["unique", "foreign", "check", "required", "locked"]
    table: str
    columns: tuple[str, ...] = ()


_translated: Any = vars(peewee)["__exception_wrapper__"]


class SqliteDatabase(peewee.SqliteDatabase):
    """Write-ahead log, flushed at every commit, one writer at a time in a fair queue."""

    dialect: Final = "sqlite"
    sealer: Sealer
    placeholder = "?"
    field_types = {**peewee.SqliteDatabase.field_types,
                   "VARCHAR": "TEXT", "CHAR": "TEXT", "DATE": "TEXT", "DATETIME": "TEXT", "TIME": "TEXT"}

    def __init__(self, path: str) -> None:
        super().__init__(path, timeout=WRITE_TIMEOUT, check_same_thread=False, pragmas={
            "journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "recursive_triggers": 1,
            "cache_size": -32000, "mmap_size": 268435456})
        self.register_function(fold_value, SQLITE_FUNCTION, 1, deterministic=True)
        self.queue = WriterQueue(Path(f"{path}.lock"))

    def close_all(self) -> None:
        """As a pool does: here there is no connection but this thread's."""
        self.close()

    def _connect(self) -> Any:
        try:
            Path(self.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise peewee.OperationalError(f"unable to open the database: {error}") from error
        return super()._connect()  # type: ignore[misc]  # the stubs leave it out

    @contextmanager
    def write(self, *, patience: float = WRITE_TIMEOUT) -> Iterator[None]:
        """The outermost write transaction; inside one, joins it. Raises Busy after `patience` seconds."""
        if self.in_transaction():
            yield
            return
        with self.queue.turn(patience), ExitStack() as transaction:
            try:
                transaction.enter_context(self.atomic("IMMEDIATE"))
            except peewee.OperationalError as error:
                raise Busy("The database is being written to by another program") from error
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A read transaction: every query in it sees the same moment."""
        if self.in_transaction():
            yield
            return
        with self.atomic("DEFERRED"):
            yield

    def serialize(self, name: str) -> None:
        """One transaction at a time beyond this point, per name, until it ends: here there is but one writer."""

    def share(self, name: str) -> None:
        """As `serialize`, but together with others that only share the name."""

    def lock_found(self, query: Any) -> None:
        """Nothing to do: the write transaction already excludes every other."""

    def lock_rows(self, model: type[peewee.Model], ids: Sequence[int], *, exclusive: bool) -> list[Any]:
        """The rows, locked in the order of their ids: the write transaction already excludes every other."""
        return fetch(self, model, *_these(model, ids))

    def reserve_ids(self, table: str, count: int) -> range | list[int]:
        """Ids for rows about to be inserted; inside a write transaction only."""
        # peewee's own methods have no types, here and below.
        cursor: Any = self.execute_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))  # type: ignore[no-untyped-call]
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return range(first, first + count)

    def insert_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        self.execute_many(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})', rows)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run one statement for many rows of parameters; the number of rows touched."""
        with _translated:
            cursor: Any = self.cursor()  # type: ignore[no-untyped-call]  # peewee has no types for it
            cursor.executemany(sql, rows)
            return int(cursor.rowcount)

    def violation(self, error: Exception) -> Violation | None:
        text = str(error)
        if found := re.search(r"trastienda:locked (\S+)", text):
            return Violation("locked", found[1])
        if text.startswith("FOREIGN KEY"):
            return Violation("foreign", "")
        if found := re.match(r"(UNIQUE|NOT NULL) constraint failed: (.+)", text):
            pairs = [name.partition(".") for name in found[2].split(", ")]
            kind: Literal["unique", "required"] = "unique" if found[1] == "UNIQUE" else "required"
            return Violation(kind, pairs[0][0], tuple(column for _, _, column in pairs))
        if found := re.match(r"CHECK constraint failed: (\S+)", text):
            return Violation("check", found[1])
        return None

    def refresh_statistics(self) -> None:
        """What the planner knows of the tables' contents: without it SQLite prefers any index that gives the order."""
        with self.write():
            for statement in ("PRAGMA analysis_limit = 1000", "ANALYZE"):
                self.execute_sql(statement)  # type: ignore[no-untyped-call]  # peewee has no types for it

    def rollback(self) -> Any:
        """SQLite has already rolled back where the disk was full or failed."""
        connection: Any = self.connection()  # type: ignore[no-untyped-call]  # peewee has no types for it
        return super().rollback() if connection.in_transaction else None

    def is_transient(self, error: Exception) -> bool:
        return False

    def is_full(self, error: BaseException | None) -> bool:
        """Whether it, or what it was raised in the handling of, is about a full disk."""
        while error is not None:
            if "disk is full" in str(error):
                return True
            error = error.__cause__ or error.__context__
        return False

    def is_lost(self, error: Exception) -> bool:
        """Whether the database itself is out of reach or full, and not the statement wrong."""
        return any(word in str(error) for word in ("unable to open", "disk", "locked", "readonly", "I/O error"))


class PostgresDatabase(PooledPostgresqlDatabase):  # type: ignore[misc]  # playhouse has no types
    """READ COMMITTED with row locks; a transaction that loses a race is run again as a whole."""

    dialect: Final = "postgresql"
    sealer: Sealer
    placeholder = "%s"

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        for name, value in (("host", parts.hostname), ("port", parts.port),
                            ("user", parts.username), ("password", parts.password)):
            if value:
                options.setdefault(name, unquote(value) if isinstance(value, str) else value)
        options.setdefault("application_name", "trastienda")
        super().__init__(parts.path.lstrip("/"), max_connections=32, stale_timeout=300, timeout=10,
                         prefer_psycopg3=True, **options)

    @contextmanager
    def write(self, *, patience: float = WRITE_TIMEOUT) -> Iterator[None]:
        """As SQLite's; many may write at once here, so `patience` is not needed."""
        if self.in_transaction():
            yield
            return
        with self.atomic():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        if self.in_transaction():
            yield
            return
        with self.atomic():
            self.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield

    def serialize(self, name: str) -> None:
        self.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))

    def share(self, name: str) -> None:
        self.execute_sql("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", (name,))

    def lock_found(self, query: Any) -> None:
        """Lock the rows that a query finds, in its order."""
        for _row in query.for_update().tuples().iterator():
            pass

    def lock_rows(self, model: type[peewee.Model], ids: Sequence[int], *, exclusive: bool) -> list[Any]:
        return fetch(self, model, *_these(model, ids), tail=f' ORDER BY 1 FOR {"UPDATE" if exclusive else "SHARE"}')

    def reserve_ids(self, table: str, count: int) -> range | list[int]:
        cursor = self.execute_sql("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                                  (f'"{table}"', count))
        return [row[0] for row in cursor.fetchall()]

    def insert_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        if len(rows) < 200:
            self.execute_many(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(columns))})', rows)
            return
        with _translated, self.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        with _translated:
            cursor = self.cursor()
            cursor.executemany(sql, rows)
            return int(cursor.rowcount)

    def violation(self, error: Exception) -> Violation | None:
        cause: Any = getattr(error, "orig", None) or error.__cause__ or error
        if found := re.search(r"trastienda:locked (\S+)", str(cause)):
            return Violation("locked", found[1])
        diag = getattr(cause, "diag", None)
        kinds: dict[str, Literal["unique", "foreign", "check", "required"]] = {
            "23505": "unique", "23503": "foreign", "23514": "check", "23502": "required"}
        kind = kinds.get(getattr(cause, "sqlstate", None) or "")
        if kind is None or diag is None:
            return None
        detail = re.search(r"\(([^)]*)\)=", diag.message_detail or "")
        columns = tuple(part.strip(' "') for part in detail[1].split(",")) if detail else ()
        if kind == "required":
            columns = (diag.column_name,)
        return Violation(kind, diag.constraint_name if kind == "check" else diag.table_name, columns)

    def is_full(self, error: BaseException | None) -> bool:
        cause: Any = getattr(error, "orig", None) or getattr(error, "__cause__", None) or error
        return getattr(cause, "sqlstate", None) == "53100"

    def is_transient(self, error: Exception) -> bool:
        cause: Any = getattr(error, "orig", None) or error.__cause__ or error
        return getattr(cause, "sqlstate", None) in {"40001", "40P01"}

    def refresh_statistics(self) -> None:
        """Autovacuum's work here."""

    def is_lost(self, error: Exception) -> bool:
        cause: Any = getattr(error, "orig", None) or error.__cause__ or error
        state = getattr(cause, "sqlstate", None)
        return state is None or state[:2] in {"08", "53", "57", "58"}


def _these(model: type[peewee.Model], ids: Sequence[int]) -> tuple[str, list[int]]:
    return f'"{primary(model).column_name}" IN ({", ".join("?" * len(ids))})', list(ids)


Database: TypeAlias = SqliteDatabase | PostgresDatabase


def open_database(url: str) -> Database:
    """`sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user@host/name?host=/socket/folder`."""
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite" and rest.startswith("///"):
        return SqliteDatabase(rest[3:])
    if scheme in ("postgresql", "postgres"):
        return PostgresDatabase(url)
    raise ValueError(f"not a database address: {url!r}")


@contextmanager
def using(database: Database, *, keep: bool = False) -> Iterator[None]:
    """Make it the context's database, with a connection of this thread's own while inside.

    `keep` leaves SQLite's connection open for the thread's next use: opening one costs more than most queries.
    """
    token = _current.set(database)
    opened = database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened and not (keep and database.dialect == "sqlite"):
            database.close()
        _current.reset(token)


def in_write(database: Database, body: Callable[[], T]) -> T:
    """Run `body` in one write transaction; again from the start when the database chose it as a race's victim."""
    for attempt in range(RETRIES):
        try:
            with database.write():
                if attempt:
                    database.serialize("trastienda retry")  # those that lost do not lose to each other again
                return body()
        except peewee.OperationalError as error:
            if database.is_full(error):
                raise Busy(gettext("The disk is full; nothing was written")) from error
            if not database.is_transient(error) or attempt == RETRIES - 1:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable: the last attempt returns or raises")
