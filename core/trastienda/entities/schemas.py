"""marshmallow schemas of entities, made from their columns: what a create or an update may say."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from ..errors import Invalid
from ..languages import gettext
from .compiled import Column, CompiledEntity, LineSet
from .values import StrictInteger, input_field

UNKNOWN = "Unknown field."
READONLY = "Set by the system; leave it out."


class Strict(Schema):
    """Unknown fields are errors."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": UNKNOWN, "type": "Give an object with fields."}


def writable(columns: Iterable[Column]) -> list[Column]:
    return [column for column in columns if not column.readonly]


@cache
def schema_of(entity: CompiledEntity, *, partial: bool = False) -> Schema:
    """The schema of a create, or of an update, which may leave out any of the record's fields.

    An extension's part may be null: the record has no row of it.
    """
    members: dict[str, Any] = {column.name: input_field(column) for column in writable(entity.columns.values())
                               if column.extension is None}
    for lines in entity.lines.values():
        members[lines.name] = fields.List(fields.Nested(line_schema_of(lines)), metadata={"title": lines.label})
    if entity.extended:
        members["ext"] = fields.Nested(Strict.from_dict(
            {plugin: fields.Nested(_extension_schema(entity, plugin, columns, partial=partial), allow_none=True)
             for plugin, columns in entity.extended.items()}, name=f"{entity.name}.ext"))
    return Strict.from_dict(members, name=entity.name)(partial=tuple(members) if partial else None)


def _extension_schema(entity: CompiledEntity, plugin: str, columns: Mapping[str, Column], *,
                      partial: bool) -> type[Schema]:
    own = {name: input_field(column) for name, column in columns.items() if not column.readonly}
    for each in own.values():
        each.required = each.required and not partial
    return Strict.from_dict(own, name=f"{entity.name}.ext.{plugin}")


@cache
def line_schema_of(lines: LineSet) -> type[Schema]:
    members: dict[str, Any] = {column.name: input_field(column) for column in writable(lines.columns.values())}
    members["id"] = StrictInteger()
    return Strict.from_dict(members, name=f"{lines.model.__name__}Line")


def load(entity: CompiledEntity, payload: object, *, partial: bool = False) -> dict[str, Any]:
    """Checked values, references not looked up yet; raises Invalid with the path of every wrong field.

    An update's lines are whole lines: `partial` is for the record's own fields.
    """
    if not isinstance(payload, Mapping):
        raise Invalid({"": [gettext("Give an object with fields.")]})
    try:
        return dict(schema_of(entity, partial=partial).load(payload))
    except ValidationError as error:
        raise Invalid(_explain(entity, flatten(error.messages))) from error


def _explain(entity: CompiledEntity, errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Tell a field that exists but is the system's from one that doesn't exist."""
    for path, messages in errors.items():
        if messages == [gettext(UNKNOWN)]:
            head, _, rest = path.partition(".")
            columns = entity.lines[head].columns if head in entity.lines and rest else entity.columns
            name = path.rpartition(".")[2] if columns is not entity.columns else path
            if name in columns or path in {"version", "company"}:
                errors[path] = [gettext(READONLY)]
    return errors


def flatten(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as `{"lines.2.debit": [...]}`, its own words translated."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in messages.items():
            step = prefix if name == "_schema" else f"{prefix}.{name}" if prefix else str(name)
            for path, texts in flatten(inner, step).items():
                found.setdefault(path, []).extend(texts)
        return found
    return {prefix: [gettext(str(text)) for text in (messages if isinstance(messages, list) else [messages])]}


def checker(column: Column) -> Callable[[Any], Any]:
    """One column's conversion by itself, remembering what it has seen: for files, where values repeat."""
    field = input_field(column)
    return lru_cache(maxsize=20_000, typed=True)(field.deserialize)
