"""A person's data."""

from __future__ import annotations

from ...entities.privacy import people
from ...site import Site
from ...storage.fields import BIGINT_MAX
from .common import Json, answer, parameter, refusals

TAG: Json = {"name": "privacy", "description": "A natural person's data: put out and erased (GDPR, 15 to 17)"}


def paths_of(site: Site) -> Json:
    names = sorted(people(site))
    entity = {
        "name": "entity",
        "in": "path",
        "required": True,
        "schema": {"type": "string", **({"enum": names} if names else {})},
    }
    identity = {
        "name": "identity",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": BIGINT_MAX},
    }
    kept = {
        "type": "object",
        "required": ["entity", "record", "until", "law"],
        "properties": {
            "entity": {"type": "string"},
            "record": {"type": "integer"},
            "until": {"type": "string", "format": "date"},
            "law": {"type": "string"},
        },
    }
    erased = {
        "type": "object",
        "required": ["records", "log_entries", "kept"],
        "properties": {
            "records": {"type": "integer"},
            "log_entries": {"type": "integer"},
            "kept": {"type": "array", "items": kept},
        },
    }
    put_out = {
        "type": "object",
        "required": ["person", "data"],
        "properties": {"person": {"type": "object"}, "data": {"type": "object", "description": "By entity"}},
    }
    return {
        "/api/v1/privacy/{entity}/{identity}": {
            "parameters": [parameter("Company"), entity, identity],
            "get": {
                "operationId": "privacy.export",
                "tags": ["privacy"],
                "summary": "All that is kept of a person, with its history",
                "parameters": [
                    {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["json", "zip"],
                                                                 "default": "json"},
                     "description": "`zip`: an archive of the same document and of the attached files"},
                ],
                "responses": {"200": answer(put_out, "As far as the caller may read it"), **refusals()},
            },
            "delete": {
                "operationId": "privacy.erase",
                "tags": ["privacy"],
                "summary": "Empty what tells of a person and no law keeps, in the records and in the log of changes",
                "responses": {"200": answer(erased, "What went, and what stays by law"), **refusals(409)},
            },
        }
    }
