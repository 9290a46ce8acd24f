"""The description is valid, complete and true; what the schemathesis run cannot see is asserted here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from openapi_spec_validator import validate

from trastienda.api.openapi import document
from trastienda.languages import speaking

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def described(api: Any) -> Any:
    return api.ok("GET", "openapi.json")


def test_document_is_valid_openapi(described: Any) -> None:
    assert described["openapi"] == "3.1.0"
    validate(described)


def test_document_is_made_once_and_in_english(api: Any) -> None:
    with speaking("es"):
        first = document(api.site)
    assert document(api.site) is first
    assert b"Usuarios" not in orjson.dumps(first)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_reference_has_a_target_and_every_schema_is_used(described: Any) -> None:
    found = set(references(described))
    there = {f"#/components/{kind}/{name}" for kind in ("parameters", "headers", "responses", "schemas")
             for name in described["components"][kind]}  # fmt: skip
    assert found == there


def test_operations_have_names_of_their_own(described: Any) -> None:
    names = [each["operationId"] for item in described["paths"].values() for method, each in item.items()
             if method != "parameters"]  # fmt: skip
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[\w.-]+", name) for name in names)


def test_every_address_of_the_api_is_described(api: Any, described: Any) -> None:
    """The generic addresses stand for every entity; each of the others is there as it is."""
    generic = {
        "/api/v1/<plugin>/<path>", "/api/v1/<plugin>/<path>/<int:identity>", "/api/v1/reports/<name>",
        "/api/v1/jobs/<name>",
        "/api/v1/<plugin>/<path>/<int:identity>/actions/<name>", "/api/v1/<plugin>/<path>/actions/<name>",
        "/api/v1/<plugin>/<path>/<int:identity>/history", "/api/v1/<plugin>/<path>/export",
        "/api/v1/<plugin>/<path>/import", "/api/v1/<plugin>/<path>/<int:identity>/print/<name>",
    }  # fmt: skip
    pages = {"/api/docs/subjects/<tag>", "/api/docs/schemas/<name>", "/api/docs/static/<path:filename>"}
    rules = {rule.rule for rule in api.client.application.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in rules - generic - pages} <= set(described["paths"])
    assert generic <= rules


def test_what_an_entity_does_not_do_is_not_described(described: Any) -> None:
    paths = described["paths"]
    assert set(paths["/api/v1/toy/postings"]) == {"get", "parameters"}
    assert set(paths["/api/v1/toy/postings/{id}"]) == {"get", "parameters"}
    assert "/api/v1/toy/postings/import" not in paths
    assert "toy.posting.Create" not in described["components"]["schemas"]
    assert set(paths["/api/v1/toy/accounts"]) == {"get", "post", "parameters"}


def test_described_fields_are_those_that_are_answered(api: Any, described: Any) -> None:
    schemas = described["components"]["schemas"]
    entry = api.entry("R1")
    account = api.ok("GET", "toy/accounts")["items"][0]
    assert list(account) == list(schemas["toy.account"]["properties"])
    assert list(entry) == list(schemas["toy.entry"]["properties"])
    assert list(entry["lines"][0]) == list(schemas["toy.entry.lines"]["properties"])


def test_described_inputs_are_those_that_are_taken(described: Any) -> None:
    schemas = described["components"]["schemas"]
    create, update = schemas["toy.account.Create"], schemas["toy.account.Update"]
    assert create["required"] == ["code", "name"]
    assert "required" not in update
    assert create["properties"] == update["properties"]
    assert not {"id", "origin", "double", "version", "company"} & set(create["properties"])
    assert create["properties"]["ceiling"] == {
        "title": "Ceiling", "type": ["string", "integer", "null"], "pattern": r"^[+-]?[0-9]{1,14}(\.[0-9]{1,4}0*)?$",
    }  # fmt: skip
    assert create["properties"]["parent"]["anyOf"] == [
        {"$ref": "#/components/schemas/ReferenceInput"},
        {"type": "null"},
    ]
    assert [each["type"] for each in schemas["ReferenceInput"]["oneOf"]] == ["integer", "string", "object"]
    assert create["properties"]["ext"]["properties"]["paint"]["additionalProperties"] is False


def test_described_filters_are_all_offered(api: Any, described: Any) -> None:
    values = {"boolean": "true", "integer": "1"}
    formats = {"date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z"}
    for path, name in (("toy/accounts", "toy.account"), ("toy/postings", "toy.posting"), ("toy/diaries", "toy.diary")):
        for filter_, schema in described["components"]["schemas"][f"{name}.Filters"]["properties"].items():
            text = schema.get("enum", [values.get(schema["type"], formats.get(schema.get("format"), "1"))])[0]
            if filter_.endswith("__in"):
                base = described["components"]["schemas"][f"{name}.Filters"]["properties"][filter_[:-4]]
                text = base.get("enum", [values.get(base["type"], formats.get(base.get("format"), "1"))])[0]
            assert api.get(path, **{filter_: text}).status_code == 200, filter_
