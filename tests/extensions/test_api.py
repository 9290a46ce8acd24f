"""Fields of two strangers on one entity through the API: nested in JSON, a path everywhere else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .conftest import Call

PAINT = {"colour": "red", "coats": 2, "weight": "1.5", "brand": None, "price": "3.5", "recipe": "secret"}
SHOWN = {"colour": "red", "coats": 2, "weight": "1.5", "brand": None, "price": "3.50", "recipe": "secret",
         "applied": 0, "area": 4}  # fmt: skip
HAZARD = {"un_number": "1203", "weight": "2", "checked_on": None}


def test_what_is_written_nested_is_read_nested(call: Call, make: Call) -> None:
    made = make("A", paint=PAINT, hazard={"un_number": "1203", "weight": "2"})
    assert made["ext"] == {"paint": SHOWN, "hazard": HAZARD}
    assert call("GET", f"depot/items/{made['id']}") == made
    assert call("GET", "depot/items")["items"] == [made]


def test_record_without_a_row_says_null(call: Call, make: Call) -> None:
    assert make("A")["ext"] == {"paint": None, "hazard": None}
    assert make("B", paint={"colour": "red"})["ext"]["hazard"] is None


def test_patch_changes_what_it_names_and_null_takes_the_row_away(call: Call, make: Call) -> None:
    path = f"depot/items/{make('A', paint=PAINT, hazard=HAZARD)['id']}"

    def patch(version: int, **ext: Any) -> Any:
        return call("PATCH", path, {"ext": ext}, headers={"If-Match": f'"{version}"'})

    changed = patch(1, paint={"coats": 3})
    assert (changed["ext"], changed["version"]) == ({"paint": {**SHOWN, "coats": 3, "area": 6}, "hazard": HAZARD}, 2)
    gone = patch(2, hazard=None)
    assert (gone["ext"]["hazard"], gone["ext"]["paint"]["coats"], gone["version"]) == (None, 3, 3)
    assert patch(3, hazard=None)["version"] == 3
    assert patch(3, hazard={"un_number": "1"})["ext"]["hazard"] == {**HAZARD, "un_number": "1", "weight": None}


def test_version_belongs_to_the_record(call: Call, make: Call) -> None:
    path = f"depot/items/{make('A')['id']}"
    call("PATCH", path, {"ext": {"paint": PAINT}}, status=428)
    call("PATCH", path, {"ext": {"paint": PAINT}}, headers={"If-Match": '"1"'})
    call("PATCH", path, {"ext": {"hazard": HAZARD}}, headers={"If-Match": '"1"'}, status=412)


@pytest.mark.parametrize(("ext", "errors"), [
    ({"paint": {"coats": 2}}, {"ext.paint.colour": ["Missing data for required field."]}),
    ({"paint": {"colour": "red", "coats": 10}}, {"ext.paint.coats": ["Nobody sees more than nine coats"]}),
    ({"paint": {"colour": "red", "coats": "x"}, "hazard": {"un_number": "12345", "weight": 0.5}}, {
        "ext.paint.coats": ["Give a whole number."],
        "ext.hazard.un_number": ["Longer than 4 characters."],
        "ext.hazard.weight": ['Give the number as text, such as "12.50": a float is not exact.']}),
    ({"paint": {"colour": "red", "brand": "none"}}, {"ext.paint.brand": ["There is no brand none."]}),
    ({"paint": {"colour": "red", "applied": 3}}, {"ext.paint.applied": ["Set by the system; leave it out."]}),
    ({"paint": {"colour": "red", "area": 3}}, {"ext.paint.area": ["Set by the system; leave it out."]}),
    ({"paint": {"colour": "red", "code": "x"}}, {"ext.paint.code": ["Unknown field."]}),
    ({"colour": {}}, {"ext.colour": ["Unknown field."]}),
    ({"paint": {"colour": "red", "price": "0.001"}}, {
        "ext.paint.price": ["More than 2 decimals, the most that EUR has."]}),
])  # fmt: skip
def test_each_fault_is_at_its_path(call: Call, ext: Any, errors: Any) -> None:
    answer = call("POST", "depot/items", {"code": "A", "ext": ext}, status=422)
    assert answer["errors"] == errors
    assert call("GET", "depot/items")["items"] == []


def test_rule_is_asked_when_only_the_owners_fields_change(call: Call, make: Call) -> None:
    painted, plain = make("A", paint=PAINT)["id"], make("B")["id"]
    match = {"If-Match": '"1"'}
    assert call("PATCH", f"depot/items/{plain}", {"kind": "service"}, headers=match)["kind"] == "service"
    answer = call("PATCH", f"depot/items/{painted}", {"kind": "service"}, headers=match, status=422)
    assert answer["errors"] == {"ext.paint.colour": ["A service has no colour"]}


def test_required_column_is_asked_for_once_there_is_a_row(call: Call, make: Call) -> None:
    path = f"depot/items/{make('A')['id']}"
    answer = call("PATCH", path, {"ext": {"paint": {"coats": 2}}}, headers={"If-Match": '"1"'}, status=422)
    assert answer["errors"] == {"ext.paint.colour": ["Missing data for required field."]}


def test_filters_orders_and_fields_are_paths(call: Call, make: Call) -> None:
    call("POST", "paint/brands", {"code": "ACME"}, status=201)
    make("A", paint={"colour": "red", "coats": 3, "brand": "ACME"}, hazard={"weight": "5"})
    make("B", paint={"colour": "blue", "coats": 1}, hazard={"weight": "7"})
    make("C")

    def codes(**query: str) -> list[str]:
        return [each["code"] for each in call("GET", "depot/items", query_string=query)["items"]]

    assert codes(**{"ext.paint.colour": "red"}) == ["A"]
    assert codes(**{"ext.paint.colour": "red", "ext.hazard.weight__gt": "6"}) == []
    assert codes(**{"ext.paint.brand": "ACME"}) == codes(**{"ext.paint.brand.code__contains": "cm"}) == ["A"]
    assert codes(**{"ext.paint.colour__isnull": "true"}) == ["C"]
    assert codes(sort="-ext.hazard.weight") == ["B", "A", "C"]
    assert codes(sort="ext.paint.area", **{"ext.paint.area__gte": "2"}) == ["B", "A"]
    page = call("GET", "depot/items", query_string={"fields": "code,ext.paint.colour,ext.paint.brand", "sort": "code"})
    assert page["items"][0] == {"code": "A", "ext": {"paint": {"colour": "red", "brand": {
        "id": page["items"][0]["ext"]["paint"]["brand"]["id"], "key": "ACME", "label": "ACME"}}}}
    assert page["items"][2] == {"code": "C", "ext": {"paint": None}}
    wrong = call("GET", "depot/items", query_string={"ext.paint.size": "1"}, status=400)
    assert wrong["errors"] == {"ext.paint.size": ["there is no field 'ext.paint.size' here"]}


def test_list_is_grouped_and_summed_by_a_strangers_fields(call: Call, make: Call) -> None:
    make("A", paint={"colour": "red", "price": "3"}, hazard={"weight": "2"})
    make("B", paint={"colour": "red", "price": "4"})
    make("C")
    query = {"group": "ext.paint.colour", "totals": "ext.paint.price,ext.hazard.weight"}
    page = call("GET", "depot/items", query_string=query)
    assert page["groups"] == [
        {"value": "red", "count": 2, "totals": {"ext.paint.price": "7.00", "ext.hazard.weight": "2"}},
        {"value": None, "count": 1, "totals": {"ext.paint.price": "0.00", "ext.hazard.weight": "0"}},
    ]
    assert [each["code"] for each in page["items"]] == ["A", "B", "C"]


def test_pages_follow_an_order_by_a_strangers_field(call: Call, make: Call) -> None:
    for number in range(5):
        make(f"I{number}", **({"paint": {"colour": f"c{number % 2}"}} if number else {}))
    found, cursor = [], None
    while True:
        query = {"sort": "ext.paint.colour", "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = call("GET", "depot/items", query_string=query)
        found += [each["code"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert found == ["I2", "I4", "I1", "I3", "I0"]


def test_batch_writes_both_or_none(call: Call) -> None:
    fine = {"method": "POST", "path": "depot/items", "body": {"code": "A", "ext": {"hazard": {"weight": "1"}}}}
    wrong = {"method": "POST", "path": "depot/items", "body": {"code": "B", "ext": {"paint": {"colour": "x" * 21}}}}
    answer = call("POST", "batch", {"operations": [fine, wrong]}, status=422)
    assert answer["errors"] == {"operations.1.ext.paint.colour": ["Longer than 20 characters."]}
    assert call("GET", "depot/items")["items"] == []
    made = call("POST", "batch", {"operations": [fine]})
    assert made["results"][0]["ext"]["hazard"]["weight"] == "1"


def test_actions_of_the_same_name_are_told_apart(call: Call, make: Call, frozen: Any) -> None:
    frozen(date(2026, 3, 1))
    path = f"depot/items/{make('A', paint=PAINT)['id']}"
    painted = call("POST", f"{path}/actions/paint.apply", {"times": 2})
    assert (painted["ext"]["paint"]["applied"], painted["ext"]["hazard"], painted["version"]) == (2, None, 2)
    checked = call("POST", f"{path}/actions/hazard.apply", {})
    assert checked["ext"]["hazard"] == {"un_number": None, "weight": None, "checked_on": "2026-03-01"}
    call("POST", f"{path}/actions/apply", {}, status=404)
    assert call("POST", f"{path}/actions/paint.strip", {})["ext"]["paint"] is None
    call("POST", f"{path}/actions/close", {})
    refused = call("POST", f"{path}/actions/paint.strip", {}, status=409)
    assert "State: Closed" in refused["detail"]
    history = call("GET", f"{path}/history")["items"]
    told = ["close", "paint.strip", "hazard.apply", "paint.apply", "create"]
    assert [each["action"] for each in history] == told
    assert history[2]["changes"] == {"ext.hazard.checked_on": [None, "2026-03-01"]}


def test_stranger_that_fails_is_the_one_who_is_named(call: Call, make: Call, site: Any) -> None:
    broken = {"code": "A", "ext": {"paint": {"colour": "broken"}}}
    answer = call("POST", "depot/items", broken, status=500)
    assert (answer["plugin"], answer["what"]) == ("paint", "rule rules of depot.item")
    path = f"depot/items/{make('A', paint=PAINT)['id']}"
    answer = call("POST", f"{path}/actions/paint.apply", {"times": 0}, status=500)
    assert (answer["plugin"], answer["what"]) == ("paint", "action depot.item.paint.apply")
    assert call("GET", path)["version"] == 1
    assert list(site.failures.by_plugin()) == ["paint"]


def test_history_tells_each_field_of_a_create_a_change_and_a_deletion(call: Call, make: Call, write: Any) -> None:
    made = make("A", hazard={"un_number": "1203"})
    path = f"depot/items/{made['id']}"
    call("PATCH", path, {"ext": {"hazard": {"un_number": "1"}}}, headers={"If-Match": '"1"'})
    history = call("GET", f"{path}/history")["items"]
    assert history[0]["changes"] == {"ext.hazard.un_number": ["1203", "1"]}
    assert history[1]["changes"]["ext.hazard.un_number"] == [None, "1203"]
    call("DELETE", path, headers={"If-Match": '"2"'}, status=204)
    from trastienda.security.audit import AuditRecord

    last = write(lambda work: AuditRecord.select().order_by(AuditRecord.id.desc()).get())
    assert (last.action, '"ext.hazard.un_number":["1",null]' in last.changes) == ("delete", True)


def test_private_field_is_for_those_who_may(sign_in: Any, call: Call, make: Call) -> None:
    path = f"/api/v1/depot/items/{make('A', paint=PAINT)['id']}"
    painter = sign_in("paint.painter")
    shown = painter.get(path).json["ext"]["paint"]
    assert shown == {name: value for name, value in SHOWN.items() if name != "recipe"}
    assert painter.get("/api/v1/depot/items?ext.paint.recipe=secret").status_code == 400
    set_it = {"code": "B", "ext": {"paint": {"colour": "red", "recipe": "x"}}}
    refused = painter.post("/api/v1/depot/items", json=set_it)
    assert refused.json["errors"] == {"ext.paint.recipe": ["You may not set this field."]}
    changes = painter.get(f"{path}/history").json["items"][0]["changes"]
    assert ("ext.paint.colour" in changes, "ext.paint.recipe" in changes) == (True, False)
    assert painter.post(f"{path}/actions/paint.apply", json={}).status_code == 200
    assert painter.post(f"{path}/actions/hazard.apply", json={}).status_code == 403


def test_reading_a_row_that_is_not_there_writes_none(make: Call, call: Call, write: Any) -> None:
    from trastienda_depot import Item
    from trastienda_paint import Paint

    identity = make("A")["id"]

    def look(work: Any) -> int:
        item = work.get(Item, "A")
        return int(item.extra_of(Paint).coats)

    assert write(look) == 1
    shown = call("GET", f"depot/items/{identity}")
    assert (shown["ext"]["paint"], shown["version"]) == (None, 1)


def test_openapi_describes_both_strangers(call: Call) -> None:
    document = call("GET", "openapi.json")
    schemas = document["components"]["schemas"]
    record, create = schemas["depot.item"]["properties"], schemas["depot.item.Create"]["properties"]
    update = schemas["depot.item.Update"]["properties"]
    assert "ext.paint.colour" not in record
    paint = record["ext"]["properties"]["paint"]
    assert (paint["type"], set(paint["properties"])) == (["object", "null"], set(SHOWN))
    assert record["ext"]["properties"]["hazard"]["title"] == "Dangerous goods"
    assert create["ext"]["properties"]["paint"]["required"] == ["colour"]
    assert "required" not in update["ext"]["properties"]["paint"]
    assert set(create["ext"]["properties"]["paint"]["properties"]) == set(PAINT)
    assert "ext.paint.colour__contains" in schemas["depot.item.Filters"]["properties"]
    paths = document["paths"]
    assert {"/api/v1/depot/items/{id}/actions/paint.apply", "/api/v1/depot/items/actions/hazard.apply"} <= set(paths)
