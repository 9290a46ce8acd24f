"""Where a test's databases are made: a folder of SQLite files, or a PostgreSQL server.

A name is one worker's own; the URL of the database is what ``TRASTIENDA_DATABASE`` takes.
"""
import shutil
import sqlite3
from pathlib import Path
from typing import LiteralString, Protocol
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


class DatabaseServer(Protocol):
    def create(self, name: str) -> str:
        """An empty database; returns its URL."""

    def freeze(self, name: str) -> None:
        """Let nobody change it any more, so that it can be cloned."""

    def clone(self, *, template: str, name: str) -> str:
        """A copy of a frozen database; returns its URL."""

    def drop(self, name: str) -> None:
        """Whoever is connected."""

    def close(self) -> None:
        """Make no more."""


class SqliteFolder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def freeze(self, name: str) -> None:
        """Brings what is in the write-ahead log into the one file that is copied."""
        connection = sqlite3.connect(self._file(name), timeout=0)
        try:
            (blocked, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
        if blocked:
            raise RuntimeError(f"A transaction is still open in the database {name!r}")

    def clone(self, *, template: str, name: str) -> str:
        shutil.copyfile(self._file(template), self._file(name))
        return self.create(name)

    def drop(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()

    def close(self) -> None:
        shutil.rmtree(self.folder)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"


class PostgresServer:
    def __init__(self, *, url: str, prefix: str) -> None:
        """`prefix` begins the name of every database, since runs may share a server."""
        self.url = urlsplit(url)
        self.prefix = prefix
        self.connection = psycopg.connect(url, autocommit=True)

    def create(self, name: str) -> str:
        self._execute("CREATE DATABASE {}", name)
        return self._url(name)

    def freeze(self, name: str) -> None:
        self._execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        self.connection.execute(others, [self.prefix + name])

    def clone(self, *, template: str, name: str) -> str:
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self._url(name)

    def drop(self, name: str) -> None:
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def close(self) -> None:
        self.connection.close()

    def _execute(self, statement: LiteralString, *names: str) -> None:
        identifiers = [sql.Identifier(self.prefix + name) for name in names]
        self.connection.execute(sql.SQL(statement).format(*identifiers))

    def _url(self, name: str) -> str:
        return self.url._replace(path=f"/{self.prefix}{name}").geturl()


def drop_all(url: str, *, prefix: str) -> None:
    """What the workers of a run had in common, on a server that is there after it."""
    server = PostgresServer(url=url, prefix="")
    left = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    for (name,) in server.connection.execute(left, [prefix]):
        server.drop(str(name))
    server.close()
