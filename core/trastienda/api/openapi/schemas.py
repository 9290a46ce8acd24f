"""Schemas: of what goes in from the marshmallow schemas that check it, of what comes out from the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from ...entities.compiled import Column, CompiledEntity, Ext
from ...entities.parameters import schema_of_parameters
from ...entities.schemas import line_schema_of, schema_of
from ...entities.values import DecimalField, ReferenceField, StrictDate, TextField, UploadField, UtcDateTime
from ...site import Site
from .common import Json, ref


class Schemas:
    """The document's schemas, put together by name."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._own: Json = {}
        plugin = MarshmallowPlugin(schema_name_resolver=in_place)
        self._spec = APISpec("", "", "3.1.0", plugins=[plugin])
        self._converter = cast(Any, plugin.converter)
        self._converter.add_attribute_function(exactly)

    def made(self) -> Json:
        found = {**self._own, **self._spec.to_dict()["components"].get("schemas", {})}
        return dict(sorted(found.items()))

    def put(self, name: str, schema: Mapping[str, Any]) -> Json:
        """Keep a schema under a name; the answer is a reference to it."""
        self._own[name] = dict(schema)
        return ref(name)

    def _take(self, name: str, schema: Schema | type[Schema]) -> Json:
        self._spec.components.schema(name, schema=schema)
        return ref(name)

    # -- what goes in
    def inputs(self, entity: CompiledEntity) -> tuple[Json, Json]:
        """What a create and what an update takes."""
        for lines in entity.lines.values():
            self._take(f"{entity.name}.{lines.name}.Input", line_schema_of(lines))
        create, update = schema_of(entity), schema_of(entity, partial=True)
        return self._take(f"{entity.name}.Create", create), self._take(f"{entity.name}.Update", update)

    def form(self, run: Callable[..., Any] | None) -> Json:
        """The parameters of an action as a JSON object; without any, an object that is empty."""
        if run is None:
            return {"type": "object", "properties": {}, "additionalProperties": False}
        found: Json = self._converter.schema2jsonschema(schema_of_parameters(run))
        return found

    # -- what comes out
    def record(self, entity: CompiledEntity) -> Json:
        """A record; a list may be asked for some of its fields only, so none is required here."""
        properties = {name: column_schema(column) for name, column in entity.columns.items()
                      if column.extension is None}
        if entity.version is not None:
            properties["version"] = {"type": "integer", "description": "Grows with every change; the ETag"}
        if entity.extensions:
            properties["ext"] = {
                "type": "object",
                "description": "What other plugins added to it",
                "properties": {each.plugin: _extension(entity, each) for each in entity.extensions},
            }
        for lines in entity.lines.values():
            line = self.put(
                f"{entity.name}.{lines.name}",
                {
                    "type": "object",
                    "required": list(lines.columns),
                    "properties": {name: column_schema(column) for name, column in lines.columns.items()},
                },
            )
            properties[lines.name] = {"type": "array", "items": line, "title": str(lines.label)}
        return self.put(entity.name, {"type": "object", "title": str(entity.label), "properties": properties})

    def whole_record(self, entity: CompiledEntity) -> Json:
        """As one record is answered: all that its reader may see."""
        required = [name for name, column in entity.columns.items() if not column.permission and not column.extension]
        required += ["version"] if entity.version is not None else []
        required += ["ext"] if entity.extensions else []
        return {"allOf": [ref(entity.name), {"required": [*required, *entity.lines]}]}


def _extension(entity: CompiledEntity, extension: Ext) -> Json:
    columns = entity.extended[extension.plugin]
    return {
        "type": ["object", "null"],
        "title": str(extension.label),
        "description": "null: the record has none of it",
        "properties": {name: column_schema(column) for name, column in columns.items()},
    }


def in_place(_: type[Schema]) -> str:
    """No name: a nested schema that was not taken under one is written where it stands."""
    return ""


def exactly(_: Any, field: fields.Field[Any], *, ret: Json) -> Json:
    """What apispec cannot know of our fields."""
    for name in ("title", "description"):
        if text := str(ret.pop(name, "")):
            ret[name] = text
    null = ["null"] if field.allow_none else []
    match field:
        case DecimalField():
            return {"type": ["string", "integer", *null], "pattern": decimal_pattern(field.scale)}
        case ReferenceField():
            return {"anyOf": [ref("ReferenceInput"), {"type": "null"}]} if null else ref("ReferenceInput")
        case UploadField():
            return {"type": "string", "format": "binary"}
        case StrictDate():
            return _text("date", null)
        case UtcDateTime():
            return _text("date-time", null)
        case TextField() if field.required and not null and "enum" not in ret:
            return {"minLength": 1}
    return {}


def _text(format_: str, null: list[str]) -> Json:
    return {"type": ["string", *null] if null else "string", "format": format_}


def decimal_pattern(scale: int) -> str:
    """Of a decimal with at most that many decimals that matter, in the range of the store."""
    return rf"^[+-]?[0-9]{{1,{18 - scale}}}(\.[0-9]{{1,{scale}}}0*)?$"


def column_schema(column: Column) -> Json:
    """A column as the encoder puts it out."""
    field = column.field
    null = field.null or column.expression is not None
    schema = nullable(_plain(column)) if null else _plain(column)
    schema["title"] = str(column.label)
    notes = [str(column.help)] if column.help else []
    notes += [f"Shown to those alone who may {column.permission}."] if column.permission else []
    if notes:
        schema["description"] = " ".join(note.rstrip(".") + "." for note in notes)
    if column.readonly:
        schema["readOnly"] = True
    return schema


def _plain(column: Column) -> Json:
    match column.kind:
        case "choice" | "state":
            return {"type": "string", "enum": choices(column)}
        case "ref":
            return ref("Reference")
        case "id" | "integer" | "bigint":
            return {"type": "integer"}
        case kind:
            return kind_schema(kind)


def kind_schema(kind: str) -> Json:
    """What a value of a kind looks like in an answer."""
    match kind:
        case "money" | "quantity" | "rate":
            return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
        case "ref":
            return ref("Reference")
        case "boolean" | "integer":
            return {"type": kind}
        case "date":
            return {"type": "string", "format": "date"}
        case "datetime":
            return {"type": "string", "format": "date-time"}
        case "json":
            return {}
        case _:
            return {"type": "string"}


def choices(column: Column) -> list[str]:
    """The options, and the default where a record may be born with none of them."""
    default = column.field.default
    extra: Iterable[str] = [default] if isinstance(default, str) else []
    return list(dict.fromkeys([*column.options, *extra]))


def nullable(schema: Json) -> Json:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]} if schema else {}
    found = {**schema, "type": [schema["type"], "null"]}
    return {**found, "enum": [*schema["enum"], None]} if "enum" in schema else found
