"""What is not an entity's and not a report: batches, plugins' own addresses, the server itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...entities.feed import MOST as CHANGES
from ...entities.parameters import parameters_of
from ...jobs.declarations import AnyJob
from ...plugin import Route
from ...site import Site
from ..batch import MOST
from ..plugin_routes import FORM, address_of
from .common import WRITING, Json, answer, json_body, parameter, refusals
from .filters import form_parameter, text_schema
from .schemas import Schemas
from .shapes import answer_of

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
    plugins |= dict.fromkeys(plugin.partition("+")[0] for plugin, job in site.registry.jobs.values() if job.on_request)
    return [
        *({"name": plugin, "description": f"Further addresses of {plugin}"} for plugin in plugins),
        {"name": "changes", "description": "What happened, for programs that keep a copy"},
        {"name": "batch", "description": "Several writes at once"},
        {"name": "running", "description": "The server"},
    ]


def paths_of(site: Site, schemas: Schemas) -> Json:
    paths: Json = {}
    for plugin, route in site.registry.routes:
        if isinstance(route, Route) and route.api:
            path, item = _route(plugin.partition("+")[0], route, schemas)
            paths.setdefault(path, {"parameters": [parameter("Company")]}).update(item)
    for plugin, job in site.registry.jobs.values():
        if job.on_request:
            operation = _job(plugin, job, schemas)
            paths[f"/api/v1/jobs/{job.name}"] = {"parameters": [parameter("Company")], "post": operation}
    paths["/api/v1/changes"] = {"parameters": [parameter("Company")], "get": _changes()}
    paths["/api/v1/batch"] = {"parameters": [parameter("Company")], "post": _batch()}
    return {**paths, **_running()}


def _route(plugin: str, route: Route, schemas: Schemas) -> tuple[str, Json]:
    """A plugin's own address; what it answers is what its function says that it returns."""
    address = address_of(plugin, route)
    places = {match["name"]: match["kind"] for match in _PLACE.finditer(address)}
    path = _PLACE.sub(r"{\g<name>}", address)
    own = path.removeprefix("/api/v1/" + ("{plugin}/{path}/{identity}" if route.on_record else plugin))
    item: Json = {}
    for method in route.methods:
        responses = {str(route.status): _answered(route), **refusals(*WRITING)}
        operation: Json = {
            "operationId": f"{plugin}.{method.lower()}.{_dashed(own)}",
            "tags": [plugin],
            "summary": (route.handler.__doc__ or route.path).strip().partition("\n")[0],
            "parameters": [_placed(schemas.site, name, kind) for name, kind in places.items()],
            "responses": responses,
        }
        if method == "GET":
            operation["parameters"] += [
                form_parameter(each) for each in parameters_of(route.handler) if each.name not in places
            ]
        elif form := _form(route, schemas, places):
            operation["requestBody"] = form
        if method == "POST":
            operation["parameters"].append(parameter("IdempotencyKey"))
        item[method.lower()] = operation
    return path, item


def _placed(site: Site, name: str, kind: str | None) -> Json:
    """A part of the address."""
    schema = text_schema("integer" if kind == "int" else "text")
    if kind == "int":
        schema["minimum"] = 0
    if name in ("plugin", "path"):
        at = 0 if name == "plugin" else 1
        roots = (each.path for each in site.registry.entities.values() if each.version is not None)
        schema["enum"] = sorted({root.split("/")[at] for root in roots})
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _answered(route: Route) -> Json:
    if route.status == 204:
        return {"description": "It is done"}
    made = answer_of(route.handler)
    if made.get("format") == "binary":
        return answer(made, "The file", kind="*/*")
    return answer(made, "What the address is for")


def _form(route: Route, schemas: Schemas, places: Mapping[str, str]) -> Json:
    """What is sent: JSON, or a form where a file belongs to it; nothing for an address that takes nothing more."""
    form = schemas.form(route.handler)
    form["properties"] = {name: each for name, each in form["properties"].items() if name not in places}
    form["required"] = [name for name in form.get("required", ()) if name not in places]
    if any(each.kind == "file" for each in parameters_of(route.handler)):
        return {"required": True, "content": {FORM: {"schema": form}}}
    return json_body(form, required=bool(form["required"])) if form["properties"] or not route.on_record else {}


def _job(plugin: str, job: AnyJob, schemas: Schemas) -> Json:
    form = schemas.form(job.run)
    made = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    return {
        "operationId": f"{job.name}.start",
        "tags": [plugin.partition("+")[0]],
        "summary": f"Start the job {job.label or job.name}",
        "description": "`delivery/jobs/<id>` shows how it goes.",
        "parameters": [parameter("IdempotencyKey")],
        "requestBody": json_body(form, required=bool(form.get("required"))),
        "responses": {"202": answer(made, "The id of its record"), **refusals(*WRITING)},
    }


def _dashed(path: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]+", "-", path).strip("-")


def _changes() -> Json:
    change = {
        "type": "object",
        "required": ["at", "entity", "path", "id", "key", "action", "version"],
        "properties": {
            "at": {"type": "string", "format": "date-time"},
            "entity": {"type": "string"},
            "path": {"type": "string", "description": "Of the entity's list; `<path>/<id>` is the record"},
            "id": {"type": "integer"},
            "key": {"type": ["string", "null"], "description": "The record's key at that time"},
            "action": {"type": "string", "description": "`create`, `update`, `delete`, or an action's name"},
            "version": {"type": ["integer", "null"], "description": "Its present version; null when it is gone"},
        },
    }
    page = {
        "type": "object",
        "required": ["items", "next", "more"],
        "properties": {
            "items": {"type": "array", "items": change},
            "next": {"type": "string", "description": "The `after` of the next question, now or later"},
            "more": {"type": "boolean", "description": "Whether there is more already"},
        },
    }
    return {
        "operationId": "changes",
        "tags": ["changes"],
        "summary": "What happened to the records that one may read, in the order of the commits",
        "description": "Complete, deletions included, without gaps; changes of the company's own records come "
        "before those of shared ones.",
        "parameters": [
            _asked("after", {"type": "string"}, "The `next` of the page before; none, or `0`: from the beginning; "
                   "`latest`: what happens from now on"),
            _asked("entity", {"type": "string"}, "Only of these entities, with commas between"),
            _asked("limit", {"type": "integer", "minimum": 1, "maximum": CHANGES, "default": 50}, "At most so many"),
        ],
        "responses": {"200": answer(page, "A page"), **refusals(400)},
    }


def _asked(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


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
        "/metrics": page(
            "metrics",
            "Counts for Prometheus, to who has the token",
            {"200": answer({"type": "string"}, "Prometheus' text format", kind="text/plain"), **refusals(403)},
            security=[],
        ),
        "/api/v1/openapi.json": page(
            "openapi", "This document", {"200": answer({"type": "object"}, "OpenAPI 3.1"), **refusals()}
        ),
        "/api/docs": page(
            "docs",
            "This document, to read",
            {
                "200": answer({"type": "string"}, "A page", kind="text/html"),
                "303": {"description": "To the sign-in page, for a browser that is not signed in"},
                **{status: answer({"type": "string"}, "A page that says why", kind="text/html")
                   for status in refusals() if status != "401"},
                "401": refusals()["401"],
            },
        ),
    }
