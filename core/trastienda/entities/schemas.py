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
def schema_of(entity: CompiledEntity) -> Schema:
    """The schema of a create; an update loads it with `partial=True`."""
    members: dict[str, Any] = {column.name: input_field(column) for column in writable(entity.columns.values())
                               if column.extension is None}
    for lines in entity.lines.values():
        members[lines.name] = fields.List(fields.Nested(line_schema_of(lines)), metadata={"title": lines.label})
    extensions: dict[str, dict[str, Any]] = {}
    for column in writable(entity.columns.values()):
        if column.extension is not None:
            extensions.setdefault(column.extension.plugin, {})[column.field.name] = input_field(column)
    if extensions:
        members["ext"] = fields.Nested(Strict.from_dict(
            {plugin: fields.Nested(Strict.from_dict(own, name=f"{entity.name}.ext.{plugin}"))
             for plugin, own in extensions.items()}, name=f"{entity.name}.ext"))
    return Strict.from_dict(members, name=entity.name)()


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
    schema = schema_of(entity)
    try:
        if partial:
            return dict(schema.load(payload, partial=tuple(schema.fields)))
        return dict(schema.load(payload))
    except ValidationError as error:
        raise Invalid(_explain(entity, flatten(error.messages))) from error


def _explain(entity: CompiledEntity, errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Tell a field that exists but is the system's from one that doesn't exist."""
    for path, messages in errors.items():
        if messages == [gettext(UNKNOWN)]:
            head, _, rest = path.partition(".")
            columns = entity.lines[head].columns if head in entity.lines and rest else entity.columns
            if path.rpartition(".")[2] in columns or path in {"version", "company"}:
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
