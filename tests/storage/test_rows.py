"""Rows read by a function made for their kinds of columns are those that peewee itself makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import peewee
import pytest
from peewee import SQL, BooleanField, CharField, DateField, ForeignKeyField, fn

from trastienda import MoneyField, QuantityField, total
from trastienda.storage.rows import converted


class Shelf(peewee.Model):
    code = CharField()


class Box(peewee.Model):
    shelf = ForeignKeyField(Shelf, null=True)
    name = CharField()
    weight = QuantityField()
    price = MoneyField(null=True)
    since = DateField(null=True)
    sealed = BooleanField(default=False)


@pytest.fixture
def boxes() -> Iterator[None]:
    database = peewee.SqliteDatabase(":memory:")
    with database.bind_ctx([Shelf, Box]):
        database.create_tables([Shelf, Box])
        shelf = Shelf.create(code="A1")
        Box.create(shelf=shelf, name="one", weight=Decimal("1.5"), price=Decimal("-0.01"), since=date(2026, 1, 2))
        Box.create(name="two", weight=Decimal(0), sealed=True)
        yield
    database.close()


QUERIES: dict[str, Any] = {
    "all columns": lambda: Box.select().order_by(Box.id),
    "a join and an expression": lambda: Box.select(Box.name, Shelf.code, SQL("1"), Box.weight).join(
        Shelf, peewee.JOIN.LEFT_OUTER).order_by(Box.id),
    "sums": lambda: Box.select(Box.shelf, total(Box.weight), total(Box.price), fn.MAX(Box.since), fn.COUNT(Box.id))
    .group_by(Box.shelf).order_by(Box.shelf),
    "a converter of one's own": lambda: Box.select(Box.name.converter(str.upper)).order_by(Box.id),
    "a union": lambda: (Box.select(Box.name, Box.weight) + Box.select(Box.name, Box.weight)).order_by(SQL("1")),
    "plain columns": lambda: Box.select(Box.id, Box.name).order_by(Box.id),
    "no rows": lambda: Box.select().where(Box.id < 0),
}


@pytest.mark.parametrize("name", QUERIES)
def test_rows_are_those_of_peewee(boxes: None, name: str) -> None:
    query = QUERIES[name]
    rows = list(converted(query()))
    assert rows == list(query().tuples())
    assert [list(map(type, row)) for row in rows] == [list(map(type, row)) for row in query().tuples()]
    assert len(rows) == {"no rows": 0, "a union": 4}.get(name, 2)
