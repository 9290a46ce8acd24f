"""Locked rows, on both databases: what the triggers refuse, and the few things that they let through."""

import threading
from collections.abc import Iterator
from contextlib import closing

import peewee
import pytest

from trastienda.migrations import Column, CreateTable, TableShape
from trastienda.storage.database import Database, open_database
from trastienda.storage.migrations import History, Migration, migrate
from trastienda.storage.triggers import (
    TriggerSpec,
    append_only_triggers,
    drop_triggers,
    lock_triggers,
    missing_triggers,
    synchronise,
)
from trastienda.testing.databases import PreparedDatabase

LETTER = TableShape(
    "post_letter",
    [
        Column("id", "id"),
        Column("version", "integer"),
        Column("state", "text", length=20),
        Column("text", "text", null=True),
        Column("answer", "text", null=True),
    ],
)
PAGE = TableShape(
    "post_page",
    [
        Column("id", "id"),
        Column("letter_id", "bigint", null=True, references="post_letter.id", on_delete="CASCADE"),
        Column("text", "text"),
    ],
)
LOCK = {
    "table": "post_letter",
    "state_column": "state",
    "locked_states": ["sent", "answered"],
    "moves": [("draft", "sent"), ("sent", "answered")],
    "but": ["answer"],
    "columns": [*LETTER.by_name],
    "children": [("post_page", "letter_id")],
}
LOCKS = lock_triggers(**LOCK)
TABLES = History("post", [Migration("0001_initial", [CreateTable(LETTER), CreateTable(PAGE)], "")])
LETTERS = """INSERT INTO post_letter (id, version, state, text) VALUES
    (1, 1, 'draft', 'a'), (2, 1, 'sent', 'b'), (3, 1, 'sent', NULL), (4, 1, 'answered', 'd')"""
PAGES = "INSERT INTO post_page (id, letter_id, text) VALUES (1, 1, 'a'), (2, 2, 'b'), (4, 4, 'd')"


def build(url: str) -> None:
    """Letter 1 is a draft, 2 and 3 are sent, 4 is answered; each but 3 has a page of its own number."""
    with closing(open_database(url)) as opened:
        migrate(opened, [TABLES], report=lambda line: None)
        opened.execute_sql(LETTERS)
        opened.execute_sql(PAGES)
        synchronise(opened, LOCKS)
    close_pool(opened)


@pytest.fixture
def letters_url(prepared_database: PreparedDatabase) -> str:
    return prepared_database("letters", build)


@pytest.fixture
def database(letters_url: str) -> Iterator[Database]:
    with closing(open_database(letters_url)) as opened:
        yield opened
    close_pool(opened)


def close_pool(database: Database) -> None:
    if database.dialect == "postgresql":
        database.close_all()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE post_letter SET text = 'c' WHERE id = 2",
        "UPDATE post_letter SET text = NULL WHERE id = 2",
        "UPDATE post_letter SET text = 'c' WHERE id = 3",
        "UPDATE post_letter SET answer = 'c' WHERE id = 2",
        "UPDATE post_letter SET version = 2 WHERE id = 2",
        "UPDATE post_letter SET id = 20 WHERE id = 3",
        "UPDATE post_letter SET state = 'draft' WHERE id = 2",
        "UPDATE post_letter SET state = 'draft' WHERE id = 4",
        "UPDATE post_letter SET state = 'answered', text = 'c' WHERE id = 2",
        "UPDATE post_letter SET state = 'answered', text = 'c' WHERE id = 3",
        "UPDATE post_letter SET text = 'c'",
        "DELETE FROM post_letter WHERE id = 3",
        "DELETE FROM post_letter",
    ],
)
def test_locked_row_is_neither_changed_nor_deleted(database, change):
    with pytest.raises(peewee.IntegrityError, match="trastienda:locked post_letter"):
        database.execute_sql(change)
    assert texts(database, "post_letter") == ["a", "b", None, "d"]


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO post_page (id, letter_id, text) VALUES (8, 2, 'c')",
        "INSERT INTO post_page (id, letter_id, text) VALUES (8, 1, 'c'), (9, 4, 'c')",
        "UPDATE post_page SET text = 'c' WHERE id = 2",
        "UPDATE post_page SET letter_id = 1 WHERE id = 2",
        "UPDATE post_page SET letter_id = NULL WHERE id = 2",
        "UPDATE post_page SET letter_id = 2 WHERE id = 1",
        "DELETE FROM post_page WHERE id = 2",
        "DELETE FROM post_page",
    ],
)
def test_child_of_a_locked_row_is_neither_added_changed_moved_nor_deleted(database, change):
    with pytest.raises(peewee.IntegrityError, match="trastienda:locked post_page"):
        database.execute_sql(change)
    assert texts(database, "post_page") == ["a", "b", "d"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE post_letter SET state = 'answered' WHERE id = 2",
        "UPDATE post_letter SET state = 'answered', version = 2, answer = 'yes' WHERE id = 2",
        "UPDATE post_letter SET state = 'answered', version = 2, text = NULL WHERE id = 3",
        "UPDATE post_letter SET state = 'sent', text = 'c', version = 2 WHERE id = 1",
        "UPDATE post_letter SET text = 'c' WHERE id = 1",
        "DELETE FROM post_letter WHERE id = 1",
        "INSERT INTO post_letter (id, version, state) VALUES (8, 1, 'sent')",
        "INSERT INTO post_page (id, letter_id, text) VALUES (8, 1, 'c')",
        "INSERT INTO post_page (id, text) VALUES (8, 'c')",
        "UPDATE post_page SET text = 'c' WHERE id = 1",
        "DELETE FROM post_page WHERE id = 1",
    ],
)
def test_admitted_transition_and_unlocked_rows_go_through(database, change):
    assert database.execute_sql(change).rowcount == 1


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    "change",
    [
        "INSERT OR REPLACE INTO post_letter (id, version, state, text) VALUES (3, 1, 'draft', 'c')",
        "INSERT OR REPLACE INTO post_page (id, letter_id, text) VALUES (2, 1, 'c')",
    ],
)
def test_locked_row_is_not_replaced_by_an_insert(database, change):
    with pytest.raises(peewee.IntegrityError, match="trastienda:locked"):
        database.execute_sql(change)


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("table", ["post_letter CASCADE", "post_page"])
def test_table_with_locks_is_not_truncated(database, table):
    with pytest.raises(peewee.IntegrityError, match="trastienda:locked"):
        database.execute_sql(f"TRUNCATE {table}")


@pytest.mark.database("postgresql")
def test_child_waits_for_the_transaction_that_locks_its_parent_and_is_then_refused(database, letters_url):
    """Else the page would be checked against the draft, and come in although the letter is sent by then."""
    refusals: list[str] = []

    def add_page() -> None:
        own = open_database(letters_url)
        try:
            own.execute_sql("INSERT INTO post_page (id, letter_id, text) VALUES (8, 1, 'late')")
        except peewee.IntegrityError as error:
            refusals.append(str(error).splitlines()[0])
        own.close()
        close_pool(own)

    late = threading.Thread(target=add_page)
    with database.atomic():
        database.execute_sql("UPDATE post_letter SET state = 'sent' WHERE id = 1")
        late.start()
        late.join(0.3)
        assert late.is_alive()
    late.join()
    assert refusals == ["trastienda:locked post_page"]
    assert texts(database, "post_page") == ["a", "b", "d"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE post_page SET letter_id = 1",
        "UPDATE post_page SET text = 'c', id = 9",
        "DELETE FROM post_page",
    ],
)
@pytest.mark.parametrize("but", [[], ["text"]])
def test_append_only_row_is_neither_changed_nor_deleted(database, change, but):
    synchronise(database, append_only_triggers(table="post_page", columns=[*PAGE.by_name], but=but))
    with pytest.raises(peewee.IntegrityError, match="trastienda:locked post_page"):
        database.execute_sql(f"{change} WHERE id = 2")


def test_append_only_row_is_added_and_changed_in_the_columns_that_may_be(database):
    synchronise(database, append_only_triggers(table="post_page", columns=[*PAGE.by_name], but=["text"]))
    database.execute_sql("INSERT INTO post_page (id, letter_id, text) VALUES (5, 2, 'e')")
    database.execute_sql("UPDATE post_page SET text = '' WHERE id = 2")
    assert texts(database, "post_page") == ["a", "", "d", "e"]


def test_violation_is_recognised_as_a_lock(database):
    with pytest.raises(peewee.IntegrityError) as refused:
        database.execute_sql("DELETE FROM post_page WHERE id = 2")
    violation = database.violation(refused.value)
    assert violation is not None
    assert (violation.kind, violation.table) == ("locked", "post_page")


def test_triggers_that_match_are_left_as_they_are(database):
    statements = statements_of(database, lambda: synchronise(database, LOCKS))
    assert [sql for sql in statements if not sql.strip().startswith("SELECT")] == []


def test_trigger_whose_declaration_changed_is_replaced(database):
    synchronise(database, lock_triggers(**{**LOCK, "but": ["answer", "text"]}))
    database.execute_sql("UPDATE post_letter SET state = 'answered', text = 'c' WHERE id = 2")
    assert texts(database, "post_letter") == ["a", "c", None, "d"]


def test_triggers_not_asked_for_are_dropped(database):
    synchronise(database, [])
    database.execute_sql("DELETE FROM post_letter")
    assert texts(database, "post_page") == []


def test_trigger_of_a_column_that_is_not_there_yet_is_left_out(database):
    early = TriggerSpec("post_page", "DELETE", uses=frozenset({("post_page", "colour")}))
    synchronise(database, [*LOCKS, early])
    assert missing_triggers(database, [*LOCKS, early]) == ["post_page"]
    assert missing_triggers(database, LOCKS) == []


def test_dropped_triggers_are_missing(database):
    drop_triggers(database)
    assert missing_triggers(database, LOCKS) == ["post_letter", "post_page"]


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("what", ["DISABLE TRIGGER ALL", "ENABLE REPLICA TRIGGER"])
def test_trigger_switched_off_is_missing_and_put_back(database, what):
    (name,) = (spec.name for spec in LOCKS if (spec.table, spec.event) == ("post_letter", "DELETE"))
    database.execute_sql(
        f"ALTER TABLE post_letter {what} {name}" if "REPLICA" in what else f"ALTER TABLE post_letter {what}"
    )
    assert missing_triggers(database, LOCKS) == ["post_letter"]
    synchronise(database, LOCKS)
    assert missing_triggers(database, LOCKS) == []


def test_state_with_a_quote_locks_as_any_other(database):
    synchronise(database, lock_triggers(**{**LOCK, "locked_states": ["it's gone", "100%"], "children": []}))
    database.execute_sql("UPDATE post_letter SET state = 'it''s gone' WHERE id = 1")
    with pytest.raises(peewee.IntegrityError, match="trastienda:locked post_letter"):
        database.execute_sql("DELETE FROM post_letter WHERE id = 1")


def texts(database: Database, table: str) -> list[str | None]:
    return [text for (text,) in database.execute_sql(f"SELECT text FROM {table} ORDER BY id").fetchall()]


def statements_of(database, body) -> list[str]:
    execute_sql, statements = database.execute_sql, []

    def watched(sql, params=None):
        statements.append(sql)
        return execute_sql(sql, params)

    database.execute_sql = watched
    try:
        body()
    finally:
        del database.execute_sql
    return statements
