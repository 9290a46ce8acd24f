"""The parameters of lists: what they can be filtered, sorted and cut by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...entities.compiled import Column, CompiledEntity
from ...entities.groups import GROUPED, MAX_GROUPS, is_summed
from ...entities.parameters import SCALES, Parameter
from ...entities.query import ARCHIVED, MAX_LIMIT, MOST_DEPTH
from ...entities.values import INTEGER_MAX
from ...site import Site
from ...storage.fields import BIGINT_MAX
from .common import Json
from .schemas import Schemas, choices, decimal_pattern

TEXT = ("text", "longtext", "choice", "state", "ref")
MEANINGS = {
    "ne": "Another value, or none",
    "lt": "Less than",
    "lte": "At most",
    "gt": "Greater than",
    "gte": "At least",
    "in": "One of these, separated by commas",
    "isnull": "Whether it has no value",
    "contains": "The text is part of it, in upper or lower case",
    "startswith": "It begins with the text",
}
COMPARISONS = ("ne", "lt", "lte", "gt", "gte")
WORDS = {"type": "string", "maxLength": 500}


def list_parameters(entity: CompiledEntity, schemas: Schemas) -> list[Json]:
    """Of a list of the entity, page by page."""
    return [
        *shared_parameters(entity, schemas),
        _query(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50},
            "Records on a page",
        ),
        _query("cursor", {"type": "string"}, "The `next` of the page before, with the same order"),
        _query(
            "count",
            {"type": "string", "enum": ["none", "exact"], "default": "none"},
            "`exact`: how many there are in all",
        ),
        *_aggregates(entity),
    ]


def _aggregates(entity: CompiledEntity) -> Iterator[Json]:
    """What a list can be grouped by, and which of its columns have sums."""
    by = [name for column in entity.columns.values() if column.kind in GROUPED for name in _groupings(column)]
    if by:
        about = (f"Put equal values together, and add `groups`: at most {MAX_GROUPS}, in the order of the list; a "
                 "field of the record that a reference names is `party.country`")
        through = "|".join(re.escape(column.name) for column in entity.columns.values() if column.kind == "ref")
        known: Json = {"type": "string", "enum": by}
        paths = {"type": "string", "pattern": rf"^({through})\.[a-z0-9_.-]+$"}
        yield _query("group", {"anyOf": [known, paths]} if through else known, about)
    summed = [column.name for column in entity.columns.values() if is_summed(column)]
    if summed:
        names = ",".join(summed)
        about = f"Columns to sum, over all pages and in each group, separated by commas: `{names}`"
        yield _query("totals", {"type": "string"}, about)


def _groupings(column: Column) -> list[str]:
    spans = (".month", ".year") if column.kind in ("date", "datetime") else ()
    return [column.name, *(f"{column.name}{span}" for span in spans)]


def shared_parameters(entity: CompiledEntity, schemas: Schemas) -> list[Json]:
    """Of a list and of an export."""
    default = ",".join(f"{'-' if descending else ''}{name}" for name, descending in entity.order)
    found = [
        _filters(entity, schemas),
        _query(
            "sort",
            {"type": "string"},
            "Up to five fields, separated by commas, `-` before those that descend; "
            f"by default `{default}`. Records without a value come last",
        ),
        _query(
            "match",
            {"type": "string", "enum": ["all", "any"], "default": "all"},
            "Whether all filters must hold, or any of them",
        ),
        *(_nested(name, words) for name, words in (("any", "at least one"), ("all", "every one"))),
        _query("fields", {"type": "string"}, "The fields to show, separated by commas; by default all"),
        _query(
            "expand",
            {"type": "string", "enum": ["labels", "none"], "default": "labels"},
            "`none`: references as their id alone, which is quicker",
        ),
    ]
    if entity.archive is not None:
        found.append(_query("archived", {"type": "string", "enum": list(ARCHIVED), "default": "false"},
                            "Archived records are left out unless they are asked for: `true` them alone, `all` "
                            f"them as well (so does a filter on `{entity.archive.name}`)"))
    if entity.searchable:
        looked_at = [*(field.name for field in entity.declared.search), *(column.name for column in entity.searched)]
        searched = ", ".join(f"`{name}`" for name in looked_at)
        found.append(_query("q", WORDS, f"Text to search for in {searched}, accents and case aside"))
    if entity.lines:
        names = ",".join(entity.lines)
        found.append(_query("include", {"type": "string"}, f"Lines to show with each record: `{names}`"))
    return found


def _nested(name: str, words: str) -> Json:
    about = (
        f"Conditions that count as one: a query string of filters, of which {words} must hold; `any` and `all` may "
        f"stand in it again, {MOST_DEPTH} deep: `{name}=` and then, encoded once more, `state=draft&code__gte=A`"
    )
    return _query(name, {"type": "array", "items": {"type": "string", "minLength": 1}}, about)


def _query(name: str, schema: Mapping[str, Any], description: str) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": dict(schema)}


def _filters(entity: CompiledEntity, schemas: Schemas) -> Json:
    """One parameter whose members are parameters of the URL: `?date__gte=2026-01-01&state=posted`."""
    properties: Json = {}
    for column in entity.columns.values():
        target = schemas.site.registry.by_model.get(column.target) if column.target is not None else None
        keyless = column.kind == "ref" and (target is None or target.key is None)
        properties.update(_comparisons(column.name, column, by_id=keyless))
        if column.kind == "ref":
            properties.update(_comparisons(f"{column.name}.id", column, by_id=True))
    patterns = dict(_hops(schemas.site, entity))
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    if patterns:
        schema["patternProperties"] = patterns
    return {
        "name": "filters",
        "in": "query",
        "style": "form",
        "explode": True,
        "schema": schemas.put(f"{entity.name}.Filters", schema),
        "description": "Each member is a parameter of its own, `date__gte=2026-01-01`; all must hold. A field "
        "given several times is one of these values. A bare reference is compared by its natural "
        "key; `field.other` looks at a field of the record that is referred to",
    }


def _comparisons(name: str, column: Column, *, by_id: bool = False) -> Iterator[tuple[str, Json]]:
    value = {"type": "integer", "minimum": -BIGINT_MAX, "maximum": BIGINT_MAX} if by_id else value_schema(column)
    yield name, value
    for operator in COMPARISONS if column.kind != "boolean" else ("ne",):
        yield f"{name}__{operator}", {**value, "description": MEANINGS[operator]}
    yield f"{name}__in", {"type": "string", "minLength": 1, "description": MEANINGS["in"]}
    yield f"{name}__isnull", {"type": "boolean", "description": MEANINGS["isnull"]}
    if column.kind in TEXT and not by_id:
        for operator in ("contains", "startswith"):
            yield f"{name}__{operator}", {**WORDS, "description": MEANINGS[operator]}


def _hops(site: Site, entity: CompiledEntity) -> Iterator[tuple[str, Json]]:
    """Fields of the records that references name, as patterns: there are many."""
    for column in entity.columns.values():
        target = site.registry.by_model.get(column.target) if column.target is not None else None
        if target is not None:
            names = [
                re.escape(name)
                for name, each in target.columns.items()
                if name != "id" and each.expression is None
            ]
            yield (
                rf"^{re.escape(column.name)}\.({'|'.join(names)})(__({'|'.join(MEANINGS)}))?$",
                {"type": "string", "description": f"A field of {str(target.label).lower()}"},
            )


def value_schema(column: Column) -> Json:
    """A value in a URL, compared with the column."""
    match column.kind:
        case "choice" | "state":
            return {"type": "string", "enum": choices(column)}
        case "ref":
            return {**WORDS, "description": "Natural key"}
        case "integer":
            return {"type": "integer", "minimum": -INTEGER_MAX, "maximum": INTEGER_MAX}
        case "money" | "quantity" | "rate":
            return {"type": "string", "pattern": decimal_pattern(column.scale)}
        case kind:
            return text_schema(kind, column.max_length)


def text_schema(kind: str, longest: int | None = None) -> Json:
    """A value of a kind as text in a URL."""
    match kind:
        case "money" | "quantity" | "rate":
            return {"type": "string", "pattern": decimal_pattern(SCALES[kind])}
        case "id" | "integer" | "bigint":
            return {"type": "integer", "minimum": -BIGINT_MAX, "maximum": BIGINT_MAX}
        case "boolean":
            return {"type": "boolean"}
        case "date":
            return {"type": "string", "format": "date"}
        case "datetime":
            return {"type": "string", "format": "date-time"}
        case "ref":
            return {**WORDS, "minLength": 1, "description": "Natural key"}
        case _:
            return {"type": "string", "maxLength": longest} if longest else {"type": "string"}


def form_parameter(each: Parameter) -> Json:
    """One parameter of a report or a plugin's address, in the URL."""
    choice = each.kind == "choice"
    schema: Json = {"type": "string", "enum": list(each.options)} if choice else text_schema(each.kind, 500)
    if each.default not in (None, ""):
        schema["default"] = each.default if isinstance(each.default, (bool, int)) else str(each.default)
    return {
        "name": each.name,
        "in": "query",
        "required": each.required,
        "schema": schema,
        "description": str(each.label),
    }
