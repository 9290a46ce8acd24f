"""A company's settings, and the installation's."""

from __future__ import annotations

from ...site import Site
from .common import WRITING, Json, answer, items_of, json_body, parameter, refusals
from .schemas import Schemas

TAG: Json = {"name": "settings", "description": "A company's settings, and how the installation is set"}
TEXT: Json = {"type": "string"}


def paths_of(site: Site, schemas: Schemas) -> Json:
    groups: Json = {name: schemas.form(each.form.kind) for name, each in sorted(site.registry.settings.items())}
    given: Json = {"type": "object", "properties": groups, "additionalProperties": False}
    made = answer(_described(groups), "What holds now", headers=["ETag"])
    return {
        "/api/v1/settings": {
            "parameters": [parameter("Company")],
            "get": {
                "operationId": "settings.read",
                "tags": ["settings"],
                "summary": "What holds in the company, as far as the reader may see it",
                "responses": {"200": made, **refusals()},
            },
            "patch": {
                "operationId": "settings.change",
                "tags": ["settings"],
                "summary": "Change some; null takes one back to its default",
                "description": "Errors are named `<settings>.<field>`.",
                "parameters": [parameter("IfMatch")],
                "requestBody": json_body(given),
                "responses": {"200": made, **refusals(*WRITING, 412, 428)},
            },
        },
        "/api/v1/settings/numbers": {
            "parameters": [parameter("Company")],
            "get": {
                "operationId": "settings.numbers",
                "tags": ["settings"],
                "summary": "The formats of document numbers, and the numbers that come next",
                "description": "They are changed as settings, `numbers.<name>`.",
                "responses": {"200": answer(items_of(_numbers()), "As far as the reader may see them"), **refusals()},
            },
        },
        "/api/v1/settings/installation": {
            "get": {
                "operationId": "settings.installation",
                "tags": ["settings"],
                "summary": "How the installation is set, and where each value comes from",
                "responses": {"200": answer(items_of(_installed()), "Secrets are masked"), **refusals()},
            }
        },
    }


def _described(groups: Json) -> Json:
    field: Json = {
        "type": "object",
        "required": ["name", "label", "help", "type", "default", "options"],
        "properties": {
            "name": TEXT,
            "label": TEXT,
            "help": TEXT,
            "type": TEXT,
            "default": {},
            "options": {"type": "array", "items": TEXT},
        },
    }
    form: Json = {
        "type": "object",
        "required": ["name", "label", "help", "writable", "fields"],
        "properties": {
            "name": TEXT,
            "label": TEXT,
            "help": TEXT,
            "writable": {"type": "boolean"},
            "fields": {"type": "array", "items": field},
        },
    }
    return {
        "type": "object",
        "required": ["version", "settings", "forms"],
        "properties": {
            "version": {"type": "integer", "description": "Of all that the reader sees; the ETag"},
            "settings": {"type": "object", "properties": {name: {"type": "object"} for name in groups}},
            "forms": {"type": "array", "items": form},
        },
    }


def _numbers() -> Json:
    place: Json = {
        "type": "object",
        "required": ["name", "label", "required"],
        "properties": {"name": TEXT, "label": TEXT, "required": {"type": "boolean"}},
    }
    restarts: Json = {"type": "string", "enum": ["never", "yearly", "monthly"]}
    members: Json = {
        "name": TEXT,
        "label": TEXT,
        "pattern": TEXT,
        "restarts": restarts,
        "next": {"type": "array", "items": TEXT},
        "placeholders": {"type": "array", "items": place},
    }
    return {"type": "object", "required": [*members], "properties": members}


def _installed() -> Json:
    names = ("name", "type", "help", "default", "value", "source")
    return {"type": "object", "required": [*names], "properties": dict.fromkeys(names, TEXT)}
