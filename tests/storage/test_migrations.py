"""Running migrations, on both databases: what they leave is what a fresh one has, whole or not at all."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import peewee
import pytest

from trastienda.migrations import (
    AddCheck,
    AddColumn,
    AddIndex,
    AlterColumn,
    Check,
    Column,
    CreateTable,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    Index,
    RenameColumn,
    RenameTable,
    RunPython,
    RunSQL,
    TableShape,
)
from trastienda.storage.database import Database, open_database
from trastienda.storage.migrations import History, Migration, migrate, pending, read_history
from trastienda.storage.operations import MigrationFault, Operation
from trastienda.storage.triggers import lock_triggers

SHELF = TableShape(
    "library_shelf",
    [Column("id", "id"), Column("code", "text", length=5)],
    indexes=[Index("library_shelf_code_key", ["code"], unique=True)],
)
BOOK = TableShape(
    "library_book",
    [
        Column("id", "id"),
        Column("shelf_id", "bigint", references="library_shelf.id", on_delete="CASCADE"),
        Column("title", "text", length=40),
        Column("state", "text", length=20),
        Column("price", "bigint", null=True),
        Column("sequel_of_id", "bigint", null=True, references="library_book.id"),
    ],
    indexes=[Index("library_book_shelf_id_idx", ["shelf_id"]), Index("library_book_title_idx", ["title"])],
    checks=[
        Check("library_book_state_check", "state IN ('here', 'lent')"),
        Check("library_book_price_check", "price >= 0"),
    ],
)
SHELVES = "INSERT INTO library_shelf (id, code) VALUES (1, 'A'), (2, 'B')"
BOOKS = """INSERT INTO library_book (id, shelf_id, title, state, price, sequel_of_id)
           VALUES (7, 1, 'Hobbit', 'here', NULL, NULL), (9, 2, 'Rings', 'lent', 12, 7)"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(open_database(database_url)) as opened:
        yield opened
    close_pool(opened)


def close_pool(database: Database) -> None:
    if database.dialect == "postgresql":
        database.close_all()


def history(*steps: Sequence[Operation], name: str = "library") -> History:
    """One whose migrations are called 0001, 0002, ..."""
    return History(name, [Migration(f"{n:04d}", step, f"sum {n}") for n, step in enumerate(steps, 1)])


def run(database: Database, *steps: Sequence[Operation], **options: Any) -> list[str]:
    return migrate(database, [history(*steps)], report=lambda line: None, **options)


def rows(database: Database, query: str) -> list[Any]:
    return list(database.execute_sql(query).fetchall())


def execute(database: Database, *statements: str) -> None:
    for statement in statements:
        database.execute_sql(statement)


def read_back(database: Database) -> dict[str, list[Any]]:
    """All that the database says of its own schema, less the order of a table's columns."""
    if database.dialect == "sqlite":
        return {
            name: sorted(re.split(r', (?=")|, (?=CONSTRAINT )|[()] ?(?=STRICT|")', sql or ""))
            for name, sql in rows(
                database, "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
            )
        }
    queries = {
        "columns": """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
            column_default, is_identity FROM information_schema.columns WHERE table_schema = 'public'""",
        "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
        "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "sequences": "SELECT sequencename FROM pg_sequences",
        "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "functions": "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    }
    return {name: sorted(map(str, rows(database, query))) for name, query in queries.items()}


def wipe(database: Database) -> None:
    """Back to an empty database."""
    if database.dialect == "postgresql":
        execute(database, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        return
    execute(database, "PRAGMA foreign_keys = OFF")
    for (name,) in rows(
        database, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    ):
        execute(database, f'DROP TABLE "{name}"')
    execute(database, "PRAGMA foreign_keys = ON")


EVERY_OPERATION: list[Operation] = [
    RenameTable("library_book", "library_work"),
    RenameColumn("library_work", "title", "name"),
    RenameColumn("library_work", "shelf_id", "place_id"),
    RenameColumn("library_work", "state", "status"),
    AddColumn("library_work", Column("isbn", "text", length=13, null=True)),
    AddColumn("library_work", Column("pages", "integer", fill=1)),
    AddColumn("library_work", Column("signed", "boolean", fill=False)),
    AddColumn("library_work", Column("printed_in_id", "bigint", null=True, references="library_shelf.id")),
    AlterColumn("library_work", Column("price", "bigint", fill=0)),
    AlterColumn("library_work", Column("name", "text", length=80, null=True)),
    AlterColumn("library_work", Column("place_id", "bigint", null=True, references="library_shelf.id")),
    DropIndex("library_work", "library_work_name_idx"),
    AddIndex("library_work", Index("library_work_isbn_key", ["isbn"], unique=True, where="isbn <> ''")),
    AddIndex("library_work", Index("library_work_lower", ["lower(name)"])),
    DropCheck("library_work", "library_work_price_check"),
    AddCheck("library_work", Check("library_work_pages_check", "pages % 1 = 0 AND pages > 0")),
    CreateTable(TableShape("library_left", [Column("id", "id")])),
    DropTable("library_left"),
]


def test_migrated_schema_equals_a_fresh_one(database):
    changed = history([CreateTable(SHELF), CreateTable(BOOK)], EVERY_OPERATION)
    migrate(database, [changed], report=lambda line: None)
    migrated = read_back(database)
    wipe(database)
    run(database, [CreateTable(shape) for shape in changed.schema.values()])
    assert migrated == read_back(database)


def test_rows_come_through_every_operation(database):
    run(database, [CreateTable(SHELF), CreateTable(BOOK)])
    execute(database, SHELVES, BOOKS)
    run(database, [CreateTable(SHELF), CreateTable(BOOK)], EVERY_OPERATION)
    assert rows(
        database,
        "SELECT id, place_id, name, status, price, sequel_of_id, isbn, pages, signed FROM library_work "
        "ORDER BY id",
    ) == [(7, 1, "Hobbit", "here", 0, None, None, 1, False), (9, 2, "Rings", "lent", 12, 7, None, 1, False)]


def test_rows_of_other_tables_outlive_the_table_they_refer_to_being_rebuilt(database):
    run(database, [CreateTable(SHELF), CreateTable(BOOK)])
    execute(database, SHELVES, BOOKS)
    steps = (
        [CreateTable(SHELF), CreateTable(BOOK)],
        [AlterColumn(SHELF.name, Column("code", "text", length=9))],
    )
    run(database, *steps)
    assert rows(database, "SELECT id, shelf_id FROM library_book ORDER BY id") == [(7, 1), (9, 2)]
    execute(database, "DELETE FROM library_shelf WHERE id = 2")
    assert rows(database, "SELECT id FROM library_book") == [(7,)]


@pytest.mark.parametrize("kept", [[7], []])
def test_id_is_not_given_out_again_after_a_rebuild(database, kept):
    run(database, [CreateTable(SHELF)])
    execute(database, *(f"INSERT INTO library_shelf (code) VALUES ('{code}')" for code in "abc"))
    execute(database, "DELETE FROM library_shelf WHERE id > 1" if kept else "DELETE FROM library_shelf")
    run(
        database, [CreateTable(SHELF)], [AlterColumn(SHELF.name, Column("code", "text", length=9, null=True))]
    )
    execute(database, "INSERT INTO library_shelf (code) VALUES ('d')")
    assert rows(database, "SELECT max(id) FROM library_shelf") == [(4,)]


def test_text_longer_than_its_column_is_refused(database):
    run(database, [CreateTable(SHELF)])
    execute(database, "INSERT INTO library_shelf (code) VALUES ('ñandú')")
    with pytest.raises(peewee.DatabaseError):
        execute(database, "INSERT INTO library_shelf (code) VALUES ('ñandúes')")


def test_column_takes_no_value_of_another_type(database):
    run(database, [CreateTable(SHELF), CreateTable(BOOK)])
    execute(database, SHELVES, BOOKS)
    with pytest.raises(peewee.DatabaseError):
        execute(database, "UPDATE library_book SET price = 'much'")


def test_column_without_null_or_fill_cannot_be_added_over_rows(database):
    run(database, [CreateTable(SHELF)])
    execute(database, SHELVES)
    steps = [CreateTable(SHELF)], [AddColumn(SHELF.name, Column("width", "integer"))]
    with pytest.raises(peewee.IntegrityError):
        run(database, *steps)
    assert pending(database, [history(*steps)]) == [("library", "0002")]


def test_failed_migration_leaves_nothing_behind(database):
    run(database, [CreateTable(SHELF)])
    before = read_back(database)
    with pytest.raises(ZeroDivisionError):
        run(database, [CreateTable(SHELF)], [*EVERY_OPERATION[-2:-1], RunPython(lambda _: 1 // 0)])
    assert read_back(database) == before


@pytest.mark.database("sqlite")
def test_migration_that_breaks_a_reference_is_refused(database):
    run(database, [CreateTable(SHELF), CreateTable(BOOK)])
    execute(database, SHELVES, BOOKS)
    with pytest.raises(MigrationFault) as fault:
        run(database, [CreateTable(SHELF), CreateTable(BOOK)], [DropTable(SHELF.name)])
    assert (
        str(fault.value)
        == "library 0002: it leaves rows of library_book that refer to rows that are not there"
    )
    assert rows(database, "SELECT count(*) FROM library_shelf") == [(2,)]
    assert rows(database, "PRAGMA foreign_keys") == [(1,)]


def test_neighbouring_changes_of_a_table_are_one_rebuild(database):
    execute_sql, copies = database.execute_sql, []

    def watched(sql: str, params: Any = None) -> Any:
        copies.extend(re.findall(r'INSERT INTO "new_library_shelf"', sql))
        return execute_sql(sql, params)

    database.execute_sql = watched
    run(
        database,
        [CreateTable(SHELF)],
        [
            AddColumn(SHELF.name, Column("width", "integer", fill=0)),
            AddCheck(SHELF.name, Check("library_shelf_width_check", "width >= 0")),
            AddIndex(SHELF.name, Index("library_shelf_width_idx", ["width"])),
            AlterColumn(SHELF.name, Column("code", "text", length=9)),
        ],
    )
    assert len(copies) == (1 if database.dialect == "sqlite" else 0)


def test_statement_is_run_in_the_databases_own_dialect(database):
    marks = RunSQL(
        sqlite="INSERT INTO library_shelf (code) VALUES ('100%')",
        postgresql="INSERT INTO library_shelf (code) VALUES ('50%')",
    )
    run(database, [CreateTable(SHELF), marks])
    expected = "100%" if database.dialect == "sqlite" else "50%"
    assert rows(database, "SELECT code FROM library_shelf") == [(expected,)]


def test_migration_may_change_locked_rows_and_leaves_them_locked(database):
    locks = lock_triggers(
        table=BOOK.name,
        state_column="state",
        locked_states=["lent"],
        moves=[],
        but=[],
        columns=[*BOOK.by_name],
    )
    create = [CreateTable(SHELF), CreateTable(BOOK)]
    run(database, create, triggers=locks)
    execute(database, SHELVES, BOOKS)
    touch = "UPDATE library_book SET price = 99 WHERE state = 'lent'"
    run(database, create, [RunSQL(sqlite=touch, postgresql=touch)], triggers=locks)
    assert rows(database, "SELECT price FROM library_book WHERE id = 9") == [(99,)]
    with pytest.raises(peewee.IntegrityError, match="trastienda:locked library_book"):
        execute(database, "UPDATE library_book SET price = 98 WHERE state = 'lent'")


def test_migrations_of_the_same_name_run_for_each_plugin(database):
    other = TableShape("kitchen_pan", [Column("id", "id")])
    histories = [history([CreateTable(SHELF)]), history([CreateTable(other)], name="kitchen")]
    assert migrate(database, histories, report=lambda line: None) == ["library 0001", "kitchen 0001"]
    assert rows(database, "SELECT plugin, name FROM core_migration ORDER BY plugin") == [
        ("kitchen", "0001"),
        ("library", "0001"),
    ]


def test_migration_is_pending_until_it_has_run_and_then_never_again(database):
    steps = [CreateTable(SHELF)], [CreateTable(BOOK)]
    assert pending(database, [history(*steps)]) == [("library", "0001"), ("library", "0002")]
    assert run(database, *steps) == ["library 0001", "library 0002"]
    assert pending(database, [history(*steps)]) == []
    assert run(database, *steps) == []


def test_table_that_lost_its_triggers_is_pending(database):
    locks = lock_triggers(
        table=SHELF.name, state_column="code", locked_states=["X"], moves=[], but=[], columns=[*SHELF.by_name]
    )
    run(database, [CreateTable(SHELF)])
    assert pending(database, [history([CreateTable(SHELF)])], locks) == [("library_shelf", "triggers")]
    run(database, [CreateTable(SHELF)], triggers=locks)
    assert pending(database, [history([CreateTable(SHELF)])], locks) == []


def test_trigger_of_a_table_that_no_migration_makes_is_a_fault(database):
    locks = lock_triggers(
        table="library_gone", state_column="code", locked_states=["X"], moves=[], but=[], columns=["code"]
    )
    with pytest.raises(MigrationFault) as fault:
        run(database, [CreateTable(SHELF)], triggers=locks)
    assert str(fault.value) == "no migration makes what the triggers of library_gone look at"


def test_database_that_is_ahead_of_the_code_is_a_fault(database):
    run(database, [CreateTable(SHELF)], [CreateTable(BOOK)])
    for call in (lambda: run(database, [CreateTable(SHELF)]), lambda: pending(database, [history()])):
        with pytest.raises(
            MigrationFault, match=r"the database has already run .*0002, which this version does not"
        ):
            call()


def test_migration_before_one_that_has_run_is_a_fault(database):
    run(database, [CreateTable(SHELF)])
    late = History("library", [Migration("0000", [], ""), *history([CreateTable(SHELF)]).migrations])
    with pytest.raises(MigrationFault, match="library: 0000 would run after a later one"):
        pending(database, [late])


def test_migration_edited_after_it_ran_is_reported_and_not_run_again(database):
    run(database, [CreateTable(SHELF)])
    edited = History("library", [Migration("0001", [CreateTable(SHELF)], "another sum")])
    reported: list[str] = []
    assert migrate(database, [edited], report=reported.append) == []
    assert reported == ["library 0001 was edited after it had run; what it says now was not done"]


def test_operation_on_what_is_not_there_is_explained(database):
    with pytest.raises(MigrationFault) as fault:
        run(database, [CreateTable(SHELF)], [DropColumn(SHELF.name, "colour")])
    assert str(fault.value) == "library 0002: there is no column of library_shelf 'colour'"


def test_dropped_column_takes_its_indexes_and_checks_with_it(database):
    changed = history([CreateTable(SHELF), CreateTable(BOOK)], [DropColumn(BOOK.name, "price")])
    migrate(database, [changed], report=lambda line: None)
    assert [check.name for check in changed.schema[BOOK.name].checks] == ["library_book_state_check"]
    migrated = read_back(database)
    wipe(database)
    run(database, [CreateTable(shape) for shape in changed.schema.values()])
    assert migrated == read_back(database)


def test_primary_key_cannot_be_changed(database):
    with pytest.raises(MigrationFault, match="library 0002: library_shelf: a table keeps its primary key"):
        run(database, [CreateTable(SHELF)], [AlterColumn(SHELF.name, Column("id", "bigint"))])


def test_two_runs_at_once_run_each_migration_once(database_url):
    steps = [[CreateTable(SHELF)], [CreateTable(BOOK)], [RunSQL(sqlite=SHELVES, postgresql=SHELVES)]]
    done: list[str] = []
    start = threading.Barrier(2)

    def migrate_too() -> None:
        own = open_database(database_url)
        start.wait()
        done.extend(run(own, *steps))
        own.close()
        close_pool(own)

    threads = [threading.Thread(target=migrate_too) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["library 0001", "library 0002", "library 0003"]


FIRST = """
from trastienda.migrations import Column, CreateTable, TableShape
operations = [CreateTable(TableShape("library_shelf", [Column("id", "id"), Column("code", "text")]))]
"""
KILLED = """
import os, signal
from trastienda.migrations import AlterColumn, Column, RunPython
def die(database):
    if "DIE" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
operations = [AlterColumn("library_shelf", Column("code", "text", length=7)), RunPython(die)]
"""
RUN = """
import sys
from pathlib import Path
from trastienda.storage.database import open_database
from trastienda.storage.migrations import migrate, read_history
migrate(open_database(sys.argv[1]), [read_history("library", Path(sys.argv[2]))], report=print)
"""


def test_killed_run_is_whole_or_nothing_and_can_be_run_again(database_url, tmp_path):
    (tmp_path / "0001_initial.py").write_text(FIRST)
    (tmp_path / "0002_length.py").write_text(KILLED)
    command = [sys.executable, "-c", RUN, database_url, str(tmp_path)]
    killed = subprocess.run(command, env={**os.environ, "DIE": "1"}, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    found = read_history("library", tmp_path)
    with closing(open_database(database_url)) as database:
        assert pending(database, [found]) == [("library", "0002_length")]
        execute(
            database, "INSERT INTO library_shelf (code) VALUES ('long before')", "DELETE FROM library_shelf"
        )
        assert migrate(database, [found], report=lambda line: None) == ["library 0002_length"]
        with pytest.raises(peewee.DatabaseError):
            execute(database, "INSERT INTO library_shelf (code) VALUES ('too long now')")
    close_pool(database)


def test_history_is_read_in_the_order_of_its_numbers(tmp_path):
    for name in ("0002_more.py", "0001_initial.py", "__init__.py", "notes.txt"):
        (tmp_path / name).write_text("operations = []")
    assert [migration.name for migration in read_history("library", tmp_path).migrations] == [
        "0001_initial",
        "0002_more",
    ]


def test_folder_without_migrations_is_an_empty_history(tmp_path):
    assert read_history("library", tmp_path / "missing") == History("library", ())


def test_two_migrations_with_one_number_are_a_fault(tmp_path):
    for name in ("0001_initial.py", "0002_yours.py", "0002_mine.py"):
        (tmp_path / name).write_text("operations = []")
    with pytest.raises(MigrationFault, match="library: 2 migrations have the number 0002 in "):
        read_history("library", tmp_path)


def test_file_without_operations_is_a_fault(tmp_path):
    path = Path(tmp_path / "0001_initial.py")
    path.write_text("steps = []")
    with pytest.raises(MigrationFault) as fault:
        read_history("library", tmp_path)
    assert str(fault.value) == f"{path} has no list `operations`"
