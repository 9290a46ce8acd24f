"""What all addresses share: headers, refusals, the shapes of references and of problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from ...storage.fields import BIGINT_MAX

Json: TypeAlias = dict[str, Any]

INTRODUCTION = """\
Everything that the installed plugins serve.

Send `Authorization: Bearer TOKEN`; a browser's session serves too, with its form token in `X-CSRFToken` for \
whatever writes. `X-Company` names the company by its code; without it the user's default company is meant.

Amounts, quantities and rates are text (`"1234.50"`), never floats. A foreign key is read as \
`{"id", "key", "label"}` and written as that object, as its id (a number) or as its natural key (a text).

A record has a version, which is its `ETag`. `PATCH` and `DELETE` need it in `If-Match`; `*` stands for any. \
A POST with an `Idempotency-Key` may be sent again without harm: it has one effect and the same answer.

Refusals are RFC 9457 problems; `errors` maps the path of a field (`lines.2.debit`) to what is wrong with it. \
Whole numbers and booleans are also taken as text, as files have them."""

SECURITY: Json = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "Made by `trastienda token create --user NAME`",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "trastienda_session",
        "description": "Of a signed-in browser; writes need X-CSRFToken as well",
    },
}

PARAMETERS: Json = {
    "Company": {
        "name": "X-Company",
        "in": "header",
        "schema": {"type": "string"},
        "description": "Code of the company to work in",
    },
    "Id": {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": BIGINT_MAX},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "description": "Any text; with the same key and body there is one effect, and the same answer, for two days",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "pattern": r'^(\*|(W/)?"?[0-9]{1,9}"?)$'},
        "description": "The ETag that was read, or `*`",
    },
    "IfMatchOptional": {
        "name": "If-Match",
        "in": "header",
        "schema": {"type": "string", "pattern": r'^(\*|(W/)?"?[0-9]{1,9}"?)$'},
        "description": "Refuse the action when the record has changed since",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "schema": {"type": "string"},
        "description": "An ETag; the answer is 304 while the record is still at it",
    },
}

HEADERS: Json = {
    "ETag": {"schema": {"type": "string"}, "description": "The record's version, for If-Match"},
    "Location": {"schema": {"type": "string"}, "description": "Address of the new record"},
    "RetryAfter": {"schema": {"type": "string"}, "description": "Seconds to wait"},
}

SCHEMAS: Json = {
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened, in a sentence"},
            "errors": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
                "description": "Messages by the path of the field or the name of the parameter",
            },
            "version": {
                "type": "integer",
                "description": "Where the record is now, when it was changed by others",
            },
            "request_id": {"type": "string"},
        },
    },
    "Reference": {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer"},
            "key": {
                "type": ["string", "null"],
                "description": "The natural key; not shown where it may not be read",
            },
            "label": {"type": ["string", "null"]},
        },
    },
    "ReferenceInput": {
        "oneOf": [
            {"type": "integer", "minimum": 1, "maximum": BIGINT_MAX, "title": "Id"},
            {"type": "string", "minLength": 1, "maxLength": 500, "title": "Natural key"},
            {
                "type": "object",
                "title": "As it is read",
                "anyOf": [{"required": ["id"]}, {"required": ["key"]}],
                "properties": {
                    "id": {"type": "integer", "minimum": 1, "maximum": BIGINT_MAX},
                    "key": {"type": ["string", "null"], "maxLength": 500},
                    "label": {"type": ["string", "null"]},
                },
            },
        ]
    },
    "Change": {
        "type": "object",
        "required": ["id", "at", "actor", "via", "action", "changes"],
        "properties": {
            "id": {"type": "integer"},
            "at": {"type": "string", "format": "date-time"},
            "actor": {"type": "string"},
            "via": {"type": "string", "description": "The door: web, api, import, cli, ..."},
            "action": {"type": "string", "description": "create, update, delete, or the name of an action"},
            "changes": {
                "type": "object",
                "description": "`[before, after]` by field; a line is `lines.<id>`",
            },
        },
    },
    "ActionResults": {
        "type": "object",
        "required": ["results"],
        "properties": {
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "ok"],
                    "properties": {
                        "id": {"type": "integer"},
                        "ok": {"type": "boolean"},
                        "status": {"type": "integer", "description": "As it would be for this record alone"},
                        "detail": {"type": "string"},
                        "errors": {
                            "type": "object",
                            "additionalProperties": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                },
            }
        },
    },
    "ImportResult": {
        "type": "object",
        "required": ["dry_run", "rows", "created", "updated", "acted", "made", "batch", "errors"],
        "properties": {
            "dry_run": {"type": "boolean"},
            "rows": {"type": "integer", "description": "Of the file, without its header"},
            "created": {"type": "integer"},
            "updated": {"type": "integer"},
            "acted": {"type": "integer", "description": "Records on which the action was run"},
            "made": {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "description": "Records created because the file names them, by entity",
            },
            "batch": {"type": ["integer", "null"], "description": "What it can be undone by, in records/imports"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["row", "column", "message"],
                    "properties": {
                        "row": {"type": "integer", "description": "The header is row 1"},
                        "column": {"type": "string"},
                        "message": {"type": "string"},
                    },
                },
            },
        },
    },
    "ImportJob": {
        "type": "object",
        "required": ["job", "progress"],
        "properties": {
            "job": {"type": "integer"},
            "progress": {"type": "string", "description": "Address that tells how far it is, in the end the result"},
        },
    },
    "ImportRefused": {
        "allOf": [
            {"$ref": "#/components/schemas/ImportResult"},
            {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                },
            },
        ]
    },
}

_REFUSALS = {
    400: "Not JSON, or a parameter that is not offered here",
    401: "Not signed in",
    403: "Not allowed",
    404: "There is no such record, company or address",
    405: "The address does not take the method: an id is a number of a size that is possible",
    409: "A rule or the record's state forbids it",
    412: "The record has changed since it was read",
    413: "The body is too large",
    422: "Values that cannot be taken; `errors` names them",
    428: "If-Match is missing",
    503: "The database cannot be had at the moment; nothing was written",
}
RESPONSES: Json = {
    HTTPStatus(status).name.title().replace("_", ""): {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        **({"headers": {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}} if status == 503 else {}),
    }
    for status, text in _REFUSALS.items()
}
ALWAYS = (400, 401, 403, 404, 405, 503)
WRITING = (409, 413, 422)


def ref(name: str, kind: str = "schemas") -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def parameter(name: str) -> Json:
    return ref(name, "parameters")


def refusals(*statuses: int) -> Json:
    """The responses of an operation that may be refused so, beside what every operation may answer."""
    return {
        str(status): ref(HTTPStatus(status).name.title().replace("_", ""), "responses")
        for status in sorted({*ALWAYS, *statuses})
    }


def answer(
    schema: Mapping[str, Any],
    description: str,
    *,
    headers: Iterable[str] = (),
    kind: str = "application/json",
) -> Json:
    found: Json = {"description": description, "content": {kind: {"schema": dict(schema)}}}
    if names := {name: ref(name, "headers") for name in headers}:
        found["headers"] = names
    return found


def json_body(schema: Mapping[str, Any], *, required: bool = True) -> Json:
    return {"required": required, "content": {"application/json": {"schema": dict(schema)}}}


def items_of(schema: Mapping[str, Any]) -> Json:
    """An answer `{"items": [...]}`."""
    return {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": dict(schema)}},
    }
