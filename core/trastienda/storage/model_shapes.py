"""The shape that a peewee model asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import peewee

from .fields import ChoiceField, StateField
from .shapes import (
    LONGEST_NAME,
    Check,
    Column,
    ColumnType,
    Index,
    Plain,
    TableShape,
    check_name,
    identifier,
    index_name,
    literal,
    quoted,
)

TYPES: dict[str, ColumnType] = {
    "BIGAUTO": "id",
    "AUTO": "id",
    "BIGINT": "bigint",
    "INT": "integer",
    "SMALLINT": "integer",
    "BOOL": "boolean",
    "FLOAT": "float",
    "DOUBLE": "float",
    "VARCHAR": "text",
    "CHAR": "text",
    "TEXT": "text",
    "DATE": "date",
    "DATETIME": "datetime",
    "TIME": "time",
    "JSON": "json",
    "BLOB": "bytes",
    "UUID": "uuid",
    "UUIDB": "bytes",
}


def shape_of(model: type[peewee.Model]) -> TableShape:
    """Raises ValueError, naming the field, for what a migration could not carry to both databases."""
    meta: Any = model._meta
    table = meta.table_name
    if len(table) > LONGEST_NAME:
        raise ValueError(f"{table} is a longer name than PostgreSQL takes ({LONGEST_NAME})")
    columns = [_column(field) for field in meta.sorted_fields]
    keys = (
        meta.primary_key.field_names
        if meta.composite_key
        else [meta.primary_key.name]
        if meta.primary_key
        else []
    )
    primary_key = [meta.fields[name].column_name for name in keys]
    return TableShape(
        table,
        columns,
        primary_key=primary_key,
        indexes=_without_prefixes([*_indexes(meta)], primary_key),
        checks=[*_checks(meta, [column.name for column in columns])],
    )


def _column(field: Any) -> Column:
    owner = f"{field.model.__name__}.{field.name}"
    if field.constraints or field.collation or field.sequence or field.index_type:
        raise ValueError(
            f"{owner}: a column's own constraints are not carried; Meta.constraints and Meta.indexes are"
        )
    if isinstance(field, peewee.ForeignKeyField):
        return _reference(field, owner)
    if field.field_type not in TYPES:
        raise ValueError(
            f"{owner}: no column type for {type(field).__name__}"
            + (" (MoneyField, QuantityField and RateField are exact)" * (field.field_type == "DECIMAL"))
        )
    return Column(
        field.column_name,
        TYPES[field.field_type],
        length=getattr(field, "max_length", None),
        null=field.null,
        fill=_fill(field),
    )


def _reference(field: Any, owner: str) -> Column:
    if field.on_update or field.deferrable or field.constraint_name:
        raise ValueError(f"{owner}: on_update, deferrable and constraint_name are not carried")
    target = field.rel_field
    of_target = _column(target)
    return Column(
        field.column_name,
        "bigint" if of_target.type == "id" else of_target.type,
        length=of_target.length,
        null=field.null,
        references=f"{target.model._meta.table_name}.{target.column_name}",
        on_delete=(field.on_delete or "").upper(),
        fill=_fill(field),
    )


def _fill(field: Any) -> Plain:
    """The model's default as the database keeps it; one that is computed is none."""
    if field.default is None or callable(field.default):
        return None
    value = field.db_value(field.default)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, (str, int, float)) else None


def _indexes(meta: Any) -> Iterator[Index]:
    table = meta.table_name
    for node in meta.fields_to_index():
        if node._using or node._nulls_distinct is not None:
            raise ValueError(f"{table}: an index is columns, `unique` and `where`, nothing else")
        plain = all(isinstance(part, peewee.Field) for part in node._expressions)
        columns = [
            part.column_name if isinstance(part, peewee.Field) else _sql(part) for part in node._expressions
        ]
        where = _sql(node._where) if node._where is not None else ""
        name = index_name(table, columns, unique=node._unique) if plain else node._name
        yield Index(name, columns, unique=node._unique, where=where)


def _without_prefixes(indexes: list[Index], primary_key: list[str]) -> list[Index]:
    """An index whose columns begin another one, or the primary key, costs writes for nothing."""
    whole = [*(tuple(index.columns) for index in indexes if not index.where), tuple(primary_key)]

    def covered(index: Index) -> bool:
        width = len(index.columns)
        return not index.unique and any(
            len(other) > width and other[:width] == index.columns for other in whole
        )

    return [index for index in indexes if not covered(index)]


def _sql(node: Any) -> str:
    """An expression over the table's own columns, its values written into it."""
    if isinstance(node, str):
        return node
    context: Any = peewee.Context(quote='""', param="?")
    with context.scope_values(subquery=True):
        sql, values = context.sql(node).query()
    first, *others = str(sql).split("?")
    if len(others) != len(values):
        raise ValueError(f"an index's expression may not contain a question mark: {sql}")
    return first + "".join(literal(value) + part for value, part in zip(values, others, strict=True))


def _checks(meta: Any, columns: list[str]) -> Iterator[Check]:
    table = meta.table_name
    taken: set[str] = set()
    for given, sql in [*_option_checks(meta), *map(_declared, meta.constraints or ())]:
        name = base = given or check_name(table, columns, sql)
        number = 1
        while name in taken:
            number += 1
            name = identifier(base, str(number))
        taken.add(name)
        yield Check(name, sql)


def _option_checks(meta: Any) -> Iterator[tuple[str, str]]:
    for field in meta.sorted_fields:
        options = (
            field.states
            if isinstance(field, StateField)
            else field.options
            if isinstance(field, ChoiceField)
            else ()
        )
        if options:
            yield "", f"{quoted(field.column_name)} IN ({', '.join(map(literal, options))})"


def _declared(node: Any) -> tuple[str, str]:
    """The name, if it was given one, and the condition of `peewee.Check`."""
    nodes = node.nodes if isinstance(node, peewee.NodeList) else [node]
    found = re.fullmatch(r"CHECK \((.*)\)", str(getattr(nodes[-1], "sql", "")), re.DOTALL)
    if found is None or len(nodes) not in (1, 3):
        raise ValueError("Meta.constraints takes peewee.Check alone; unique ones are Meta.indexes")
    return (nodes[1]._path[0] if len(nodes) == 3 else ""), found[1]
