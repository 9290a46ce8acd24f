"""The addresses of an entity, as api/entities.py serves them."""

from __future__ import annotations

from typing import Any, TypeAlias

from ...entities.compiled import CompiledEntity, humanise
from ...entities.declarations import Action, Transition
from ...entities.offering import conditions_said
from ...prints.declarations import AnyPrint
from ...prints.run import label_of, printing_formats
from ...site import Site
from ...storage.fields import BIGINT_MAX
from ..entities import MOST_IDS
from .common import WRITING, Json, answer, items_of, json_body, parameter, ref, refusals
from .filters import list_parameters, shared_parameters
from .schemas import Schemas

AnyAction: TypeAlias = "Action[Any] | Transition[Any]"
FILES = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/x-ndjson": "jsonl",
}
BINARY = {"type": "string", "format": "binary"}


def paths_of(entity: CompiledEntity, schemas: Schemas, site: Site) -> Json:
    """Every path of the entity with its operations; nothing that it doesn't do."""
    root = f"/api/v1/{entity.path}"
    schemas.record(entity)
    whole = schemas.put(f"{entity.name}.Whole", schemas.whole_record(entity))
    collection: Json = {"get": _list(entity, schemas)}
    single: Json = {"get": _get(entity, whole)}
    paths: Json = {
        root: collection,
        f"{root}/{{id}}": single,
        f"{root}/{{id}}/history": {"get": _history(entity)},
        f"{root}/export": {"get": _export(entity, schemas)},
    }
    if entity.declared.writable:
        create, update = schemas.inputs(entity)
        collection["post"] = _create(entity, create, whole)
        single["patch"], single["delete"] = _update(entity, update, whole), _delete(entity)
        paths[f"{root}/import"] = {"post": _import(entity)}
    for action in entity.actions.values():
        form = schemas.form(action.run)
        paths[f"{root}/{{id}}/actions/{action.name}"] = {"post": _act(entity, action, form, whole)}
        paths[f"{root}/actions/{action.name}"] = {"post": _act_on_many(entity, action, form)}
    for name, (_, each) in site.registry.prints.get(entity.name, {}).items():
        paths[f"{root}/{{id}}/print/{name}"] = {"get": _print(entity, each, site)}
    for path, item in paths.items():
        item["parameters"] = [parameter("Company"), *([parameter("Id")] if "{id}" in path else [])]
    return paths


def _operation(entity: CompiledEntity, name: str, summary: str, **rest: object) -> Json:
    given = {key: value for key, value in rest.items() if value != ""}
    return {"operationId": f"{entity.name}.{name}", "tags": [entity.name], "summary": summary, **given}


def _one(entity: CompiledEntity) -> str:
    return str(entity.label).lower()


def _etag(entity: CompiledEntity) -> list[str]:
    return ["ETag"] if entity.version is not None else []


def _list(entity: CompiledEntity, schemas: Schemas) -> Json:
    page = items_of(ref(entity.name))
    page["required"] = ["items", "next"]
    page["properties"]["next"] = {
        "type": ["string", "null"],
        "description": "Cursor of the page after this one",
    }
    page["properties"]["count"] = {"type": "integer", "description": "Only when asked for with `count=exact`"}
    totals = {"type": "object", "description": "Sums by column, written as the column's values are"}
    group: Json = {"type": "object", "required": ["value", "count", "totals"], "additionalProperties": False}
    value = {"description": "As the records have it; a month as `2026-11`, a year as `2026`, null for none"}
    group["properties"] = {"value": value, "count": {"type": "integer"}, "totals": totals}
    page["properties"]["groups"] = {"type": "array", "items": group, "description": "Only with `group`"}
    page["properties"]["totals"] = {**totals, "description": "Of all pages; only with `totals`"}
    return _operation(
        entity,
        "list",
        f"List {str(entity.plural).lower()}",
        parameters=list_parameters(entity, schemas),
        responses={"200": answer(page, "One page"), **refusals()},
    )


def _get(entity: CompiledEntity, whole: Json) -> Json:
    responses = {"200": answer(whole, "The record with its lines", headers=_etag(entity)), **refusals()}
    found = _operation(entity, "get", f"Read one {_one(entity)}", responses=responses)
    if entity.version is not None:
        found["parameters"] = [parameter("IfNoneMatch")]
        responses["304"] = {"description": "It is still as you have it"}
    return found


def _create(entity: CompiledEntity, create: Json, whole: Json) -> Json:
    return _operation(
        entity,
        "create",
        f"Create one {_one(entity)}",
        parameters=[parameter("IdempotencyKey")],
        requestBody=json_body(create),
        responses={
            "201": answer(whole, "The new record", headers=["ETag", "Location"]),
            **refusals(*WRITING),
        },
    )


def _update(entity: CompiledEntity, update: Json, whole: Json) -> Json:
    about = (
        "Only what is sent changes. A list of lines replaces the whole list; lines that carry their id stay themselves."
    )
    return _operation(
        entity,
        "update",
        f"Change one {_one(entity)}",
        description=about if entity.lines else "Only what is sent changes.",
        parameters=[parameter("IfMatch")],
        requestBody=json_body(update),
        responses={"200": answer(whole, "As it is now", headers=["ETag"]), **refusals(*WRITING, 412, 428)},
    )


def _delete(entity: CompiledEntity) -> Json:
    return _operation(
        entity,
        "delete",
        f"Delete one {_one(entity)}",
        parameters=[parameter("IfMatch")],
        responses={"204": {"description": "It is gone"}, **refusals(*WRITING, 412, 428)},
    )


def _history(entity: CompiledEntity) -> Json:
    return _operation(
        entity,
        "history",
        f"What happened to one {_one(entity)}, newest first",
        responses={"200": answer(items_of(ref("Change")), "Its changes"), **refusals()},
    )


def _export(entity: CompiledEntity, schemas: Schemas) -> Json:
    wanted: Json = {
        "name": "format",
        "in": "query",
        "description": "Kind of file",
        "schema": {"type": "string", "enum": list(FILES.values()), "default": "csv"},
    }
    response = {
        "description": "All records that the filters leave, in one file",
        "content": {mimetype: {"schema": BINARY} for mimetype in FILES},
    }
    return _operation(
        entity,
        "export",
        f"{entity.plural} as a file",
        parameters=[wanted, *shared_parameters(entity, schemas)],
        responses={"200": response, **refusals()},
    )


def _print(entity: CompiledEntity, declared: AnyPrint, site: Site) -> Json:
    formats = printing_formats(site)
    wanted: Json = {
        "name": "format",
        "in": "query",
        "description": "Kind of file",
        "schema": {"type": "string", "enum": list(formats), "default": "pdf"},
    }
    response = {
        "description": "The document, to print",
        "content": {each.mimetype: {"schema": BINARY} for each in formats.values()},
    }
    title = f"{label_of(declared)} of one {_one(entity)}"
    return _operation(
        entity, f"print.{declared.name}", title, parameters=[wanted], responses={"200": response, **refusals()}
    )


def _import(entity: CompiledEntity) -> Json:
    def flag(name: str, description: str) -> Json:
        return {
            "name": name,
            "in": "query",
            "description": description,
            "schema": {"type": "boolean", "default": False},
        }

    parameters = [
        parameter("IdempotencyKey"),
        flag("dry_run", "Check everything, write nothing"),
        {
            "name": "mapping",
            "in": "query",
            "schema": {"type": "string"},
            "description": "Name of a kept mapping of headers to columns (records/mappings)",
        },
        {
            "name": "background",
            "in": "query",
            "schema": {"type": "boolean"},
            "description": "By the worker, with a job that tells how far it is; by default only a large file's import",
        },
        flag("create_missing", "Create what the file names and is not there, where that is possible"),
    ]
    if entity.actions:
        parameters.append(
            {
                "name": "action",
                "in": "query",
                "schema": {"type": "string", "enum": list(entity.actions)},
                "description": "Run on every record that was created",
            }
        )
    if "post" in entity.actions:
        parameters.append(flag("post", "The same as `action=post`"))
    content: Json = {mimetype: {"schema": BINARY} for mimetype in (*FILES, "application/gzip")}
    content["multipart/form-data"] = {
        "schema": {"type": "object", "required": ["file"], "properties": {"file": BINARY}}
    }
    refused = answer(
        {"anyOf": [ref("ImportRefused"), ref("Problem")]},
        "Nothing was written; each error names its row and column",
        kind="application/problem+json",
    )
    return _operation(
        entity,
        "import",
        f"{entity.plural} from a file, all or none",
        parameters=parameters,
        requestBody={"required": True, "content": content},
        responses={
            "200": answer(ref("ImportResult"), "How it went"),
            "202": answer(ref("ImportJob"), "It will be done; the job tells how it goes"),
            **refusals(409, 413),
            "422": refused,
        },
    )


def _act(entity: CompiledEntity, action: AnyAction, form: Json, whole: Json) -> Json:
    return _operation(
        entity,
        f"{action.name}.one",
        f"{_verb(action)} one {_one(entity)}",
        description=_states(action),
        parameters=[parameter("IdempotencyKey"), parameter("IfMatchOptional")],
        requestBody=json_body(form, required="required" in form),
        responses={"200": answer(whole, "As it is now", headers=_etag(entity)), **refusals(*WRITING, 412)},
    )


def _act_on_many(entity: CompiledEntity, action: AnyAction, form: Json) -> Json:
    ids: Json = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_IDS,
        "items": {"type": "integer", "minimum": 1, "maximum": BIGINT_MAX},
    }
    given = {
        **form,
        "properties": {"ids": ids, **form["properties"]},
        "required": ["ids", *form.get("required", ())],
    }
    about = f"{_states(action)} Each record in a transaction of its own; the answer tells how it went for each."
    return _operation(
        entity,
        f"{action.name}.many",
        f"{_verb(action)} many {str(entity.plural).lower()}",
        description=about.strip(),
        parameters=[parameter("IdempotencyKey")],
        requestBody=json_body(given),
        responses={"200": answer(ref("ActionResults"), "How it went for each"), **refusals(413, 422)},
    )


def _verb(action: AnyAction) -> str:
    return str(action.label) or humanise(action.name)


def _states(action: AnyAction) -> str:
    told = conditions_said(action)
    return f"Possible when {told}." if told else ""
