"""What is not an entity's and not a report: batches, plugins' own addresses, the server itself."""

from __future__ import annotations

import re

from ...entities.parameters import parameters_of
from ...plugin import Route
from ...site import Site
from ..batch import MOST
from .common import WRITING, Json, answer, json_body, parameter, refusals
from .filters import form_parameter, text_schema
from .schemas import Schemas

_PLACE = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
STATUS = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
READINESS = {
    "type": "object",
    "required": ["status", "faults"],
    "properties": {"status": {"type": "string"}, "faults": {"type": "array", "items": {"type": "string"}}},
}


def tags_of(site: Site) -> list[Json]:
    plugins = dict.fromkeys(
        plugin.partition("+")[0] for plugin, route in site.registry.routes if isinstance(route, Route) and route.api
    )
    return [
        *({"name": plugin, "description": f"Further addresses of {plugin}"} for plugin in plugins),
        {"name": "batch", "description": "Several writes at once"},
        {"name": "running", "description": "The server"},
    ]


def paths_of(site: Site, schemas: Schemas) -> Json:
    paths: Json = {}
    for plugin, route in site.registry.routes:
        if isinstance(route, Route) and route.api:
            path, item = _route(plugin.partition("+")[0], route, schemas)
            paths.setdefault(path, {"parameters": [parameter("Company")]}).update(item)
    paths["/api/v1/batch"] = {"parameters": [parameter("Company")], "post": _batch()}
    return {**paths, **_running()}


def _route(plugin: str, route: Route, schemas: Schemas) -> tuple[str, Json]:
    """A plugin's own address; what it answers is the plugin's affair."""
    places = {match["name"]: match["kind"] for match in _PLACE.finditer(route.path)}
    path = f"/api/v1/{plugin}/" + _PLACE.sub(r"{\g<name>}", route.path).strip("/")
    placed: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": text_schema("integer" if kind == "int" else "text"),
        }
        for name, kind in places.items()
    ]
    item: Json = {}
    for method in route.methods:
        operation: Json = {
            "operationId": f"{plugin}.{method.lower()}.{_dashed(path.partition(plugin)[2])}",
            "tags": [plugin],
            "summary": (route.handler.__doc__ or route.path).strip().partition("\n")[0],
            "parameters": list(placed),
            "responses": {"200": answer({}, "What the address is for"), **refusals(*WRITING)},
        }
        if method == "GET":
            operation["parameters"] += [
                form_parameter(each) for each in parameters_of(route.handler) if each.name not in places
            ]
        else:
            form = schemas.form(route.handler)
            form["properties"] = {name: each for name, each in form["properties"].items() if name not in places}
            form["required"] = [name for name in form.get("required", ()) if name not in places]
            operation["requestBody"] = json_body(form, required=bool(form["required"]))
        item[method.lower()] = operation
    return path, item


def _dashed(path: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]+", "-", path).strip("-")


def _batch() -> Json:
    operation = {
        "type": "object",
        "required": ["method", "path"],
        "additionalProperties": False,
        "properties": {
            "method": {"type": "string", "enum": ["POST", "PATCH", "DELETE"]},
            "path": {
                "type": "string",
                "description": "As of the single request: `accounting/entries/7/actions/post`; "
                "`$0` instead of an id is the record of operation 0",
            },
            "body": {"description": "As of the single request"},
            "if_match": {
                "type": ["string", "null"],
                "description": "As the header; PATCH and DELETE need it",
            },
        },
    }
    given = {
        "type": "object",
        "required": ["operations"],
        "additionalProperties": False,
        "properties": {"operations": {"type": "array", "minItems": 1, "maxItems": MOST, "items": operation}},
    }
    made = {
        "type": "object",
        "required": ["results"],
        "properties": {
            "results": {
                "type": "array",
                "description": 'For each operation the record as it is now, or `{"deleted": true}`',
                "items": {"type": "object"},
            }
        },
    }
    return {
        "operationId": "batch",
        "tags": ["batch"],
        "summary": "Several writes in one transaction: all, or none",
        "description": "Errors are named `operations.<n>.<field>`.",
        "parameters": [parameter("IdempotencyKey")],
        "requestBody": json_body(given),
        "responses": {"200": answer(made, "What each made"), **refusals(*WRITING, 412, 428)},
    }


def _running() -> Json:
    def page(identity: str, summary: str, responses: Json, **rest: object) -> Json:
        return {
            "get": {
                "operationId": identity,
                "tags": ["running"],
                "summary": summary,
                "responses": responses,
                **rest,
            }
        }

    ready = {
        "200": answer(READINESS, "It is"),
        "503": answer(READINESS, "The database cannot be reached, or migrations are to be run"),
    }
    return {
        "/healthz": page("healthz", "Is the server alive?", {"200": answer(STATUS, "It is")}, security=[]),
        "/readyz": page("readyz", "Can it do its work?", ready, security=[]),
        "/api/v1/openapi.json": page(
            "openapi", "This document", {"200": answer({"type": "object"}, "OpenAPI 3.1"), **refusals()}
        ),
        "/api/docs": page(
            "docs",
            "This document, to read",
            {
                "200": answer({"type": "string"}, "A page", kind="text/html"),
                "303": {"description": "To the sign-in page, for a browser that is not signed in"},
                **refusals(),
            },
        ),
    }
