"""The description as pages: every operation and schema can be reached, nothing comes from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.database("sqlite")


def page(api: Any, path: str) -> Any:
    answer = api.call("GET", f"../docs{path}")
    assert (answer.status_code, answer.mimetype) == (200, "text/html"), (path, answer.text[:500])
    return answer.text


def test_every_operation_and_schema_can_be_reached_from_the_first_page(api: Any) -> None:
    described = api.ok("GET", "openapi.json")
    first = page(api, "")
    links = set(re.findall(r'href="/api/docs(/[^"#]+)', first))
    pages = {link: page(api, link) for link in links if not link.startswith("/static")}
    names = {
        each["operationId"] for item in described["paths"].values() for key, each in item.items() if key != "parameters"
    }
    assert names == {name for text in pages.values() for name in re.findall(r'<section id="([^"]+)"', text)}
    assert {f"/schemas/{name}" for name in described["components"]["schemas"]} <= links


def test_schema_is_shown_field_by_field(api: Any) -> None:
    text = page(api, "/schemas/toy.account.Create")
    assert re.findall(r"<tr><td><code>(\w+)</code>", text)[:3] == ["code", "name", "kind"]
    assert "ReferenceInput or null" in text


def test_pages_have_no_script_and_nothing_from_elsewhere(api: Any) -> None:
    for path in ("", "/subjects/toy.account", "/schemas/toy.account"):
        text = page(api, path)
        assert "<script" not in text
        assert "style=" not in text
        assert {
            link for link in re.findall(r'(?:src|href)="([^"]+)"', text) if not link.startswith(("/", "#"))
        } == set()
    with api.client.get("/api/docs/static/docs.css") as style:
        assert (style.status_code, style.mimetype) == (200, "text/css")
        assert "url(" not in style.text


def test_what_is_not_there_is_not_found(api: Any) -> None:
    for path in ("/subjects/nothing", "/schemas/nothing", "/nothing"):
        assert api.call("GET", f"../docs{path}").status_code == 404


def test_reader_who_is_not_signed_in_is_led_to_the_sign_in_page(api: Any) -> None:
    answer = api.client.get("/api/docs")
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in")
