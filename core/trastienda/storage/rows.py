"""Whole rows of one table by a plain condition: the reads that every write makes, without composing SQL anew."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

import peewee

from .fields import ScaledField

M = TypeVar("M", bound=peewee.Model)

#: Columns that SQLite's driver hands out in another type than the model has.
_CONVERTED = (peewee.DateField, peewee.DateTimeField, peewee.TimeField, peewee.BooleanField, peewee.BlobField)
_PLAIN = (peewee.CharField, peewee.TextField, peewee.ForeignKeyField, peewee.IntegerField)
#: What makes of such a column's value the same again.
_PASSING = {kind.python_value for kind in _PLAIN}


@cache
def _reading(model: type[peewee.Model], dialect: str) -> tuple[str, tuple[str, ...],
                                                               tuple[tuple[int, Callable[[Any], Any]], ...]]:
    """The SELECT, the fields' names, and the conversions by position."""
    fields = model._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    converted = tuple((at, field.python_value) for at, field in enumerate(fields)
                      if not isinstance(field, _PLAIN) and (dialect == "sqlite" or not isinstance(field, _CONVERTED)))
    return f'SELECT {columns} FROM "{model._meta.table_name}" WHERE ', tuple(field.name for field in fields), converted


def primary(model: type[peewee.Model]) -> peewee.Field[Any]:
    """The model's primary key, which every table here has."""
    key: Any = model._meta.primary_key
    return cast("peewee.Field[Any]", key)


def tuples(query: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as tuples, columns converted."""
    return iter(query.tuples())


def converted(query: Any) -> Iterator[Any]:
    """The rows of a query as tuples, columns converted by a function made once for their kinds: peewee's own loop
    costs twice as much a row."""
    wrapper: Any = query.tuples().execute()
    if not isinstance(wrapper, peewee.ModelTupleCursorWrapper):
        return iter(wrapper.iterator())
    convert = conversion_of(wrapper)
    return iter(wrapper.cursor) if convert is None else map(convert, wrapper.cursor)


def conversion_of(wrapper: Any) -> Callable[[Any], tuple[Any, ...]] | None:
    """What makes a row as it is read the values of the wrapper's columns; None where they are the same."""
    wrapper.initialize()
    return _conversion(tuple(wrapper.converters))


@lru_cache(maxsize=512)
def _conversion(converters: tuple[Callable[[Any], Any] | None, ...]) -> Callable[[Any], tuple[Any, ...]] | None:
    scope: dict[str, Any] = {"D": Decimal}
    parts, same = [], True
    for at, each in enumerate(converters):
        field, value = getattr(each, "__self__", None), f"r[{at}]"
        if isinstance(field, ScaledField) and each == field.python_value:
            value = f"None if {value} is None else D({value}).scaleb({-field.scale})"
        elif each is not None and not (isinstance(field, _PLAIN) and getattr(each, "__func__", None) in _PASSING):
            scope[f"c{at}"], value = each, f"c{at}({value})"
        same = same and value == f"r[{at}]"
        parts.append(f"({value})")
    if same:
        return None
    exec(f"def convert(r):\n    return ({', '.join(parts)},)", scope)
    return cast("Callable[[Any], tuple[Any, ...]]", scope["convert"])


def fetch(database: Any, model: type[M], where: str, values: Sequence[Any], *, tail: str = "") -> list[M]:
    """Records of a model; `where` and `tail` are SQL with `?` for the values, never made of anybody's input."""
    select, names, conversions = _reading(model, database.dialect)
    sql = f"{select}{where}{tail}"
    if database.placeholder != "?":
        sql = sql.replace("?", database.placeholder)
    found: list[M] = []
    for row in database.execute_sql(sql, values).fetchall():
        if conversions:
            row = list(row)
            for at, convert in conversions:
                row[at] = convert(row[at])
        record: Any = model(__no_default__=True)
        record.__data__.update(zip(names, row, strict=True))
        record._dirty.clear()
        found.append(record)
    return found


#: Fields whose checked values the drivers take as they are.
_AS_THEY_ARE = (peewee.CharField, peewee.TextField, peewee.ForeignKeyField, peewee.IntegerField, peewee.BooleanField,
                peewee.DateField, peewee.DateTimeField, peewee.BlobField)


@cache
def _writing(model: type[peewee.Model]) -> tuple[tuple[str, ...], tuple[str, ...],
                                                 tuple[tuple[int, Callable[[Any], Any]], ...]]:
    """A model's columns, its fields' names, and the conversions of those that need one, by position."""
    fields = model._meta.sorted_fields
    return (tuple(field.column_name for field in fields), tuple(field.name for field in fields),
            tuple((at, field.db_value) for at, field in enumerate(fields) if not isinstance(field, _AS_THEY_ARE)))


def insert_rows(database: Any, model: type[peewee.Model], records: Sequence[peewee.Model]) -> None:
    """Insert records as they stand, set-based."""
    columns, names, conversions = _writing(model)
    rows = []
    for record in records:
        row = list(map(record.__data__.get, names))
        for at, convert in conversions:
            row[at] = convert(row[at])
        rows.append(row)
    database.insert_rows(str(model._meta.table_name), columns, rows)
