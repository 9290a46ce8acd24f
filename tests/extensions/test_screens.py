"""Two strangers' fields on the screens of the record they extend."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Entity, Plugin
from trastienda.faults import StartupFaults
from trastienda.registry import build_registry

from .conftest import Call


def inputs(page: str) -> dict[str, str]:
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        if name is not None:
            found[name[1]] = value[1] if value is not None else ""
    return found


def legends(page: str) -> list[str]:
    return [re.sub("<[^>]+>", "", each).strip() for each in re.findall(r"<(?:legend|h2)[^>]*>(.*?)</", page)]


def post(browser: FlaskClient, path: str, **form: str) -> Any:
    return browser.post(path, data=form)


def test_form_has_a_section_for_each_stranger(browser_client: FlaskClient) -> None:
    page = browser_client.get("/depot/items/new").text
    assert {"ext.paint.colour", "ext.paint.coats", "ext.hazard.un_number"} <= set(inputs(page))
    assert {"Paint", "Dangerous goods"} <= set(legends(page))
    assert "ext.paint.applied" not in page


def test_form_left_blank_makes_no_row(browser_client: FlaskClient, call: Call) -> None:
    form = {**inputs(browser_client.get("/depot/items/new").text), "code": "A"}
    assert post(browser_client, "/depot/items/new", **form).status_code == 303
    (made,) = call("GET", "depot/items")["items"]
    assert made["ext"] == {"paint": None, "hazard": None}


def test_form_saves_both_and_shows_them(browser_client: FlaskClient, call: Call) -> None:
    form = {**inputs(browser_client.get("/depot/items/new").text), "code": "A", "ext.paint.colour": "red",
            "ext.paint.weight": "2.5", "ext.hazard.weight": "7"}  # fmt: skip
    assert post(browser_client, "/depot/items/new", **form).status_code == 303
    (made,) = call("GET", "depot/items")["items"]
    assert (made["ext"]["paint"]["colour"], made["ext"]["hazard"]["weight"]) == ("red", "7")
    path = f"/depot/items/{made['id']}"
    page = browser_client.get(path).text
    shown = inputs(page)
    assert (shown["ext.paint.colour"], shown["ext.hazard.weight"]) == ("red", "7")
    assert 'id="panel-paint.coats"' in page
    again = {**shown, "ext.paint.coats": "10"}
    refused = post(browser_client, path, **again)
    assert (refused.status_code, "Nobody sees more than nine coats" in refused.text) == (422, True)
    assert 'href="#f-ext-paint-coats"' in refused.text
    assert post(browser_client, path, **{**again, "ext.paint.coats": "4"}).status_code == 303
    page = browser_client.get(path).text
    assert re.search(r"<dt>Coats</dt><dd><del>1</del>.*?<ins>4</ins>", page)


def test_list_tells_columns_of_the_same_name_apart(browser_client: FlaskClient, make: Call) -> None:
    make("A", paint={"colour": "red", "weight": "2.5"}, hazard={"weight": "7"})
    page = browser_client.get("/depot/items?ext.paint.colour__contains=re&sort=-ext.hazard.weight").text
    heads = [re.sub("<[^>]+>", "", each).strip() for each in re.findall(r"<th [^>]*>(.*?)</th>", page)]
    assert [each for each in heads if each.endswith("Weight")] == [
        "Weight", "Dangerous goods: Weight", "Paint: Weight"]  # fmt: skip
    assert re.findall(r'aria-sort="descending"', page) == ["aria-sort=\"descending\""]
    assert "red" in page


def test_related_list_of_a_strangers_reference(browser_client: FlaskClient, call: Call, make: Call) -> None:
    brand = call("POST", "paint/brands", {"code": "ACME"}, status=201)["id"]
    make("A", paint={"colour": "red", "brand": "ACME"})
    page = browser_client.get(f"/paint/brands/{brand}").text
    assert f'href="/depot/items?ext.paint.brand.id={brand}"' in page
    assert "red" in browser_client.get(f"/depot/items?ext.paint.brand.id={brand}").text


def test_action_of_a_stranger_is_a_button(browser_client: FlaskClient, call: Call, make: Call) -> None:
    path = f"/depot/items/{make('A', paint={'colour': 'red'})['id']}"
    page = browser_client.get(path).text
    assert f'href="{path}/actions/paint.apply"' in page
    assert 'name="_action" value="hazard.apply"' in page
    form = {**inputs(page), "_action": "paint.strip"}
    assert post(browser_client, path, **form).status_code == 303
    assert call("GET", f"depot{path.removeprefix('/depot')}")["ext"]["paint"] is None


def test_faults_of_extensions_stop_the_start(site: Any) -> None:
    from trastienda_depot import Item
    from trastienda_depot import plugin as depot
    from trastienda_paint import Brand, Paint

    from trastienda import Extension

    stray = Plugin("stray", extensions=[Extension("depot.item", Brand), Extension("depot.item", Paint)])  # type: ignore[type-var]
    declared = [("depot", depot.entities[0]), *(("stray", each) for each in stray.extensions)]
    with pytest.raises(StartupFaults) as found:
        build_registry({"register_entities": declared})
    assert Item is depot.entities[0].model
    assert [fault.cause for fault in found.value.faults] == [
        "the rows of Brand do not belong to records of depot.item",
        "extension of depot.item 'stray' is already declared by stray"]  # fmt: skip


def test_a_list_of_columns_that_are_none_stops_the_start() -> None:
    from trastienda_depot import Item

    odd = Entity("odd.item", Item, columns=[Item.id, "colour"])
    with pytest.raises(StartupFaults) as found:
        build_registry({"register_entities": [("odd", odd)]})
    assert [fault.cause for fault in found.value.faults] == ["lists 'colour' in odd.item, which has no such column"]
