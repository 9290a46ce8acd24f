"""Reports: their parameters, and the table that each answers with."""

from __future__ import annotations

import typing

from ...entities.compiled import humanise
from ...entities.parameters import parameters_of
from ...reports.declarations import Report
from ...reports.run import columns_of
from ...site import Site
from .common import Json, answer, items_of, parameter, refusals
from .filters import form_parameter
from .schemas import Schemas, kind_schema, nullable

TAG = "reports"
KINDS = ["text", "integer", "money", "quantity", "rate", "date", "datetime", "boolean", "ref"]


def tags_of(site: Site) -> list[Json]:
    return [{"name": TAG, "description": "Reports"}] if site.registry.reports else []


def paths_of(site: Site, schemas: Schemas) -> Json:
    if not site.registry.reports:
        return {}
    listed = items_of(
        {
            "type": "object",
            "required": ["name", "title", "parameters", "columns"],
            "properties": {
                "name": {"type": "string"},
                "title": {"type": "string"},
                "parameters": {"type": "array", "items": {"type": "object"}},
                "columns": {"type": "array", "items": {"type": "object"}},
            },
        }
    )
    paths: Json = {
        "/api/v1/reports": {
            "parameters": [parameter("Company")],
            "get": {
                "operationId": "reports.list",
                "tags": [TAG],
                "summary": "The reports that you may run",
                "responses": {"200": answer(listed, "Their names, parameters and columns"), **refusals()},
            },
        }
    }
    for name, (_, report) in sorted(site.registry.reports.items()):
        paths[f"/api/v1/reports/{name}"] = {
            "parameters": [parameter("Company")],
            "get": _run(site, report, schemas),
        }
    return paths


def _run(site: Site, report: Report, schemas: Schemas) -> Json:
    title = str(report.label or humanise(report.name.partition(".")[2]))
    table = schemas.put(f"reports.{report.name}", _table(report, title))
    chart = {"svg": "image/svg+xml"} if report.chart is not None else {}
    files = {
        "csv": "text/csv",
        **chart,
        **{name: each.mimetype for name, each in sorted(site.registry.formats.items())},
    }
    content: Json = {"application/json": {"schema": table}}
    content.update({mimetype: {"schema": {"type": "string", "format": "binary"}} for mimetype in files.values()})
    wanted = {
        "name": "format",
        "in": "query",
        "description": "How to put it out",
        "schema": {"type": "string", "enum": ["json", *files], "default": "json"},
    }
    return {
        "operationId": f"reports.{report.name}",
        "tags": [TAG],
        "summary": title,
        "parameters": [*(form_parameter(each) for each in parameters_of(report.run)), wanted],
        "responses": {"200": {"description": "The report", "content": content}, **refusals(409, 422)},
    }


def _table(report: Report, title: str) -> Json:
    hints = typing.get_type_hints(report.row, include_extras=True)
    cells = {
        name: _cell(kind, optional=type(None) in typing.get_args(hints[name]))
        for name, kind, _ in columns_of(report.row)
    }
    row = {"type": "object", "required": list(cells), "properties": cells}
    column = {
        "type": "object",
        "required": ["name", "label", "type"],
        "properties": {
            "name": {"type": "string", "enum": list(cells)},
            "label": {"type": "string"},
            "type": {"type": "string", "enum": KINDS},
        },
    }
    outline = {
        "type": "object",
        "required": ["kind", "level", "link"],
        "properties": {
            "kind": {"type": "string", "enum": ["row", "heading", "subtotal"]},
            "level": {"type": "integer"},
            "link": {"type": ["string", "null"], "description": "Path of what the row sums up"},
        },
    }
    return {
        "type": "object",
        "title": title,
        "required": [
            "name",
            "title",
            "company",
            "currency",
            "generated_at",
            "parameters",
            "columns",
            "rows",
            "totals",
        ],
        "properties": {
            "name": {"type": "string", "const": report.name},
            "title": {"type": "string"},
            "company": {"type": "string"},
            "currency": {"type": "string"},
            "generated_at": {"type": "string", "format": "date-time"},
            "parameters": {"type": "object", "description": "Those that were asked for, defaults included"},
            "columns": {"type": "array", "items": column},
            "rows": {"type": "array", "items": row},
            "totals": {
                "type": "object",
                "additionalProperties": {"type": ["string", "integer"]},
                "description": f"Sums of the plain rows: {', '.join(report.totals) or 'none'}",
            },
            "outline": {
                "type": "array",
                "items": outline,
                "description": "Place of each row on the page, where a row has something to tell",
            },
        },
    }


def _cell(kind: str, *, optional: bool) -> Json:
    return nullable(kind_schema(kind)) if optional else kind_schema(kind)
