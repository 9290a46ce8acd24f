"""The shapes that models ask for."""

import re
from decimal import Decimal

import peewee
import pytest

from trastienda.storage.fields import ChoiceField, MoneyField, StateField
from trastienda.storage.model_shapes import shape_of
from trastienda.storage.models import Company, Row
from trastienda.storage.shapes import Check, Column, Index, TableShape, identifier, literal

LENT = """(("lent" IN (TRUE)) AND ("notes" != ''))"""


class Shelf(Row):
    id = peewee.BigAutoField()
    company = peewee.ForeignKeyField(Company, on_delete="restrict")
    code = peewee.CharField(20)

    class Meta:
        table_name = "library_shelf"
        indexes = ((("company", "code"), True),)


class Book(Row):
    id = peewee.BigAutoField()
    shelf = peewee.ForeignKeyField(Shelf, null=True, on_delete="SET NULL")
    isbn = peewee.CharField(13, unique=True, null=True)
    state = StateField("ordered", "here", "it's gone")
    cover = ChoiceField("hard", "soft", null=True)
    price = MoneyField(default=Decimal("9.5"))
    bought_on = peewee.DateField(index=True)
    seen_at = peewee.DateTimeField(null=True)
    lent = peewee.BooleanField(default=False)
    notes = peewee.TextField(default="")
    original = peewee.ForeignKeyField("self", null=True)

    class Meta:
        table_name = "library_book"
        constraints = (
            peewee.Check("price >= 0"),
            peewee.Check("lent OR price < 100", name="library_book_dear"),
        )


Book.add_index(
    Book.shelf, Book.bought_on.desc(), where=Book.lent.in_([True]) & (Book.notes != ""), name="library_lent"
)


class Note(Row):
    book = peewee.ForeignKeyField(Book, primary_key=True, on_delete="CASCADE")
    text = peewee.TextField()

    class Meta:
        table_name = "library_note"


class NoteTag(Row):
    note = peewee.ForeignKeyField(Note)
    tag = peewee.CharField(10)

    class Meta:
        table_name = "library_note_tag"
        primary_key = peewee.CompositeKey("tag", "note")


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


def test_shape_of_a_model_has_its_columns_indexes_and_checks():
    assert shape_of(Book) == TableShape(
        "library_book",
        [
            Column("id", "id"),
            Column("shelf_id", "bigint", null=True, references="library_shelf.id", on_delete="SET NULL"),
            Column("isbn", "text", length=13, null=True),
            Column("state", "text", length=20),
            Column("cover", "text", length=20, null=True),
            Column("price", "bigint"),
            Column("bought_on", "date"),
            Column("seen_at", "datetime", null=True),
            Column("lent", "boolean"),
            Column("notes", "text"),
            Column("original_id", "bigint", null=True, references="library_book.id"),
        ],
        indexes=[
            Index("library_book_shelf_id_idx", ["shelf_id"]),
            Index("library_book_isbn_key", ["isbn"], unique=True),
            Index("library_book_state_idx", ["state"]),
            Index("library_book_bought_on_idx", ["bought_on"]),
            Index("library_book_original_id_idx", ["original_id"]),
            Index("library_lent", ["shelf_id", '"bought_on" DESC'], where=LENT),
        ],
        checks=[
            Check("library_book_state_check", """"state" IN ('ordered', 'here', 'it''s gone')"""),
            Check("library_book_cover_check", """"cover" IN ('hard', 'soft')"""),
            Check("library_book_price_check", "price >= 0"),
            Check("library_book_dear", "lent OR price < 100"),
        ],
    )


def test_index_that_a_longer_one_begins_with_is_left_out():
    assert shape_of(Shelf).indexes == (
        Index("library_shelf_company_id_code_key", ["company_id", "code"], unique=True),
    )


def test_primary_key_may_be_a_foreign_key():
    assert shape_of(Note) == TableShape(
        "library_note",
        [
            Column("book_id", "bigint", references="library_book.id", on_delete="CASCADE"),
            Column("text", "text"),
        ],
        primary_key=["book_id"],
    )


def test_primary_key_may_be_of_several_columns_in_their_own_order():
    assert shape_of(NoteTag) == TableShape(
        "library_note_tag",
        [
            Column("note_id", "bigint", references="library_note.book_id"),
            Column("tag", "text", length=10),
        ],
        primary_key=["tag", "note_id"],
        indexes=[Index("library_note_tag_note_id_idx", ["note_id"])],
    )


def test_default_of_a_model_fills_the_rows_already_there_in_the_stores_own_unit():
    fills = {column.name: column.fill for column in shape_of(Book).columns if column.fill is not None}
    assert fills == {"state": "ordered", "price": 95000, "lent": False, "notes": ""}


def test_second_check_of_the_same_columns_has_a_number():
    class Span(Row):
        first = peewee.IntegerField()
        last = peewee.IntegerField()

        class Meta:
            table_name = "library_span"
            constraints = (peewee.Check("first <= last"), peewee.Check("last < first + 10"))

    names = [check.name for check in shape_of(Span).checks]
    assert names == ["library_span_first_last_check", "library_span_first_last_check_2"]


def test_name_longer_than_postgresql_takes_ends_in_a_digest():
    long = identifier("library_book", "a" * 60, "idx")
    assert (len(long), long[:54]) == (63, "library_book_" + "a" * 41)
    assert long != identifier("library_book", "a" * 60, "key")


def _column_of(field: peewee.Field) -> Column:
    class Odd(Row):
        odd = field

        class Meta:
            table_name = "library_odd"

    return shape_of(Odd).column("odd")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (
            peewee.DecimalField(),
            "Odd.odd: no column type for DecimalField (MoneyField, QuantityField and RateField are exact)",
        ),
        (
            peewee.IntegerField(constraints=[peewee.SQL("DEFAULT 1")]),
            "Odd.odd: a column's own constraints are not carried; Meta.constraints and Meta.indexes are",
        ),
        (
            peewee.ForeignKeyField(Shelf, on_update="CASCADE"),
            "Odd.odd: on_update, deferrable and constraint_name are not carried",
        ),
    ],
)
def test_field_that_both_databases_cannot_keep_alike_is_refused(field, message):
    with pytest.raises(ValueError, match=exactly(message)):
        _column_of(field)


def test_constraint_other_than_a_check_is_refused():
    class Odd(Row):
        class Meta:
            table_name = "library_odd"
            constraints = (peewee.SQL("UNIQUE (id)"),)

    with pytest.raises(ValueError, match=r"Meta\.constraints takes peewee\.Check alone"):
        shape_of(Odd)


def test_renamed_column_takes_along_the_names_and_conditions_made_of_it():
    after = shape_of(Book).with_renamed_column("state", to="status")
    assert after.column("status") == Column("status", "text", length=20)
    assert Index("library_book_status_idx", ["status"]) in after.indexes
    assert after.checks[0] == Check(
        "library_book_status_check", """"status" IN ('ordered', 'here', 'it''s gone')"""
    )


def test_renaming_leaves_the_literals_of_a_condition_alone():
    shape = TableShape(
        "t", [Column("kind", "text")], primary_key=[], checks=[Check("t_kind_check", "kind <> 'kind'")]
    )
    assert shape.with_renamed_column("kind", to="sort").checks == (Check("t_sort_check", "sort <> 'kind'"),)


@pytest.mark.parametrize(
    ("value", "sql"), [(None, "NULL"), (True, "TRUE"), (12, "12"), ("it's", "'it''s'"), (-0.5, "-0.5")]
)
def test_literal_is_written_in_the_sql_of_both_dialects(value, sql):
    assert literal(value) == sql


@pytest.mark.parametrize(
    ("columns", "key", "message"),
    [
        ([Column("a", "text"), Column("a", "date")], [], "t has a name twice: a, a"),
        ([Column("a", "text")], ["id"], "t lacks id of its primary key"),
        ([Column("id", "id"), Column("a", "text")], ["a"], "t has an id that is not its primary key"),
    ],
)
def test_shape_that_no_table_can_have_is_refused(columns, key, message):
    with pytest.raises(ValueError, match=exactly(message)):
        TableShape("t", columns, primary_key=key)
