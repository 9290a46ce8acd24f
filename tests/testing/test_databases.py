"""The databases that trastienda.testing hands out."""
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from trastienda.testing.databases import PreparedDatabase

TABLES = {
    "sqlite": "SELECT count(*) FROM sqlite_master",
    "postgresql": "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
}
ALONE = ("-p", "trastienda.testing", "-p", "xdist.plugin")  # quicker without everybody else's plugins
NOTES = "SELECT text FROM notes ORDER BY text"

RUN_OF_TWO_WORKERS = '''
import pathlib
import pytest

@pytest.mark.parametrize("number", range(8))
def test_url(number, database_url):
    with pathlib.Path(__file__).with_name("urls").open("a") as urls:
        print(database_url, file=urls)
'''


def connect(url: str) -> Any:
    if url.startswith("sqlite:///"):
        return sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    return psycopg.connect(url, autocommit=True)


def read(url: str, query: str) -> list[Any]:
    with closing(connect(url)) as connection:
        return [value for (value,) in connection.execute(query).fetchall()]


def write(url: str, *statements: str) -> None:
    with closing(connect(url)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(turn: int, database_url: str, database_backend: str) -> None:
    assert read(database_url, TABLES[database_backend]) == [0]
    write(database_url, "CREATE TABLE notes (text text)")


def test_prepared_database_is_built_once_and_copied(prepared_database: PreparedDatabase) -> None:
    built = []

    def build(url: str) -> None:
        built.append(url)
        write(url, "CREATE TABLE notes (text text)", "INSERT INTO notes VALUES ('prepared')")

    first = prepared_database("one note", build)
    write(first, "INSERT INTO notes VALUES ('first')")
    second = prepared_database("one note", build)
    assert read(first, NOTES) == ["first", "prepared"]
    assert read(second, NOTES) == ["prepared"]
    assert len(built) == 1
    assert len({*built, first, second}) == 3


@pytest.mark.database("sqlite")
def test_copy_holds_what_was_still_in_the_write_ahead_log(prepared_database: PreparedDatabase) -> None:
    connections = []

    def build(url: str) -> None:
        connections.append(connect(url))
        for statement in ("PRAGMA journal_mode=WAL", "CREATE TABLE notes (text text)"):
            connections[0].execute(statement)

    url = prepared_database("write-ahead log", build)
    connections[0].close()
    assert read(url, NOTES) == []
    assert read(url, "PRAGMA journal_mode") == ["wal"]


@pytest.mark.database("sqlite")
def test_open_transaction_in_a_prepared_database_is_refused(prepared_database: PreparedDatabase) -> None:
    connections = []

    def build(url: str) -> None:
        connections.append(connect(url))
        for statement in ("PRAGMA journal_mode=WAL", "CREATE TABLE notes (text text)", "BEGIN", NOTES):
            connections[0].execute(statement)
        write(url, "INSERT INTO notes VALUES ('after the reader began')")

    with pytest.raises(RuntimeError, match="A transaction is still open"):
        prepared_database("open transaction", build)
    connections[0].close()


@pytest.mark.database("postgresql")
def test_forgotten_connection_does_not_keep_a_prepared_database_from_being_copied(
    prepared_database: PreparedDatabase,
) -> None:
    connections = []
    url = prepared_database("forgotten connection", lambda url: connections.append(connect(url)))
    assert read(url, TABLES["postgresql"]) == [0]
    with pytest.raises(psycopg.OperationalError):
        connections[0].execute("SELECT 1")
    connections[0].close()


@pytest.mark.database("postgresql")
def test_own_server_takes_two_hundred_connections_and_waits_for_no_disk(database_url: str) -> None:
    names = ("fsync", "full_page_writes", "synchronous_commit", "max_connections")
    settings = {name: read(database_url, f"SHOW {name}")[0] for name in names}
    assert settings == {
        "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"
    }


def test_workers_share_one_server_and_leave_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("TRASTIENDA_TEST_POSTGRES", raising=False)
    pytester.makepyfile(RUN_OF_TWO_WORKERS)
    pytester.runpytest_subprocess(*ALONE, "-n2", "--database=postgresql").assert_outcomes(passed=8)
    urls = (pytester.path / "urls").read_text().split()
    assert len(set(urls)) == 8
    (server,) = {url.partition("?host=")[2] for url in urls}
    with pytest.raises(psycopg.OperationalError, match="No such file or directory"):
        psycopg.connect(urls[0])
    assert not Path(server).parent.exists()
