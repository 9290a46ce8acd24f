"""Who did what."""

from __future__ import annotations

from ...entities.query import LIMIT, MAX_LIMIT
from ...storage.fields import BIGINT_MAX
from .common import Json, answer, parameter, ref, refusals

TAG: Json = {"name": "audit", "description": "Who did what, and proof that nothing of it was changed"}
MOMENT = "A day in the company's time zone, or a moment such as 2026-12-31T10:00:00Z"
TEXT: Json = {"type": "string", "maxLength": 200}
NUMBER: Json = {"type": "integer", "minimum": -BIGINT_MAX, "maximum": BIGINT_MAX}
FILTERS: Json = {
    "entity": (TEXT, "Such as `contacts.party`, or `settings.<name>`"),
    "record": (NUMBER, "The record's id"),
    "key": (TEXT, "How the record's key begins"),
    "action": (TEXT, "create, update, delete, or the name of an action"),
    "actor": (TEXT, "How the actor's name begins"),
    "user": (NUMBER, "The user's id"),
    "via": (TEXT, "How the door's name begins: web, api, import, cli, job"),
    "since": ({"type": "string"}, MOMENT),
    "until": ({"type": "string"}, f"{MOMENT}; a day is included, a moment is not"),
    "limit": ({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT}, "Rows on a page"),
    "cursor": (NUMBER, "The `next` of the page before"),
}


def paths_of() -> Json:
    asked = [
        {"name": name, "in": "query", "schema": schema, "description": about}
        for name, (schema, about) in FILTERS.items()
    ]
    return {
        "/api/v1/audit": {
            "parameters": [parameter("Company")],
            "get": {
                "operationId": "audit.list",
                "tags": ["audit"],
                "summary": "Changes in the company and of what all companies share, newest first",
                "description": "Of entities that the reader may read as a whole, without fields that he may not see.",
                "parameters": asked,
                "responses": {"200": answer(_page(), "A page"), **refusals()},
            },
        },
        "/api/v1/audit/heads": {
            "parameters": [parameter("Company")],
            "get": {
                "operationId": "audit.heads",
                "tags": ["audit"],
                "summary": "Where the chains end, for `trastienda audit verify --heads` at a later time",
                "responses": {
                    "200": answer({"type": "string"}, "A JSON object a line", kind="application/x-ndjson"),
                    **refusals(),
                },
            },
        },
    }


def _page() -> Json:
    more = {
        "user": {"type": ["integer", "null"], "description": "None for the installation itself"},
        "entity": {"type": "string"},
        "record": {"type": "integer"},
        "key": {"type": ["string", "null"]},
    }
    row = {"allOf": [ref("Change"), {"type": "object", "required": [*more], "properties": more}]}
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": row},
            "next": {"type": ["string", "null"]},
        },
    }
