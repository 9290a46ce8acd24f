"""Two strangers' fields in files: out and in again, updates, and each fault at its row and column."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from .conftest import Call

HEADER = ("id,code,name,kind,weight,state,ext.hazard.un_number,ext.hazard.weight,ext.hazard.checked_on,"
          "ext.paint.colour,ext.paint.coats,ext.paint.weight,ext.paint.brand,ext.paint.price,ext.paint.recipe,"
          "ext.paint.applied,ext.paint.area")  # fmt: skip


@pytest.fixture
def stocked(call: Call, make: Call) -> list[Any]:
    call("POST", "paint/brands", {"code": "ACME"}, status=201)
    return [
        make("A", paint={"colour": "red", "brand": "ACME", "weight": "0.5", "price": "3"},
             hazard={"un_number": "1203"}),
        make("B", hazard={"weight": "2"}),
        make("C"),
    ]


def upload(client: FlaskClient, data: bytes | str, name: str = "items.csv", **query: str) -> Any:
    data = data.encode() if isinstance(data, str) else data
    answer = client.post("/api/v1/depot/items/import", query_string=query, data={"file": (io.BytesIO(data), name)})
    return answer.json


def records(call: Call) -> list[Any]:
    return [{name: value for name, value in each.items() if name not in ("id", "version")}
            for each in call("GET", "depot/items", query_string={"sort": "code"})["items"]]  # fmt: skip


def test_csv_has_a_column_for_each_path(call: Call, stocked: list[Any]) -> None:
    lines = call("GET", "depot/items/export", query_string={"format": "csv"}).splitlines()
    assert lines[0] == HEADER
    assert lines[1].partition(",")[2] == "A,,goods,0,open,1203,,,red,1,0.5,ACME,3.00,,0,2"
    assert lines[3].partition(",")[2] == "C,,goods,0,open,,,,,,,,,,,"


def test_xlsx_has_the_same_columns(client: FlaskClient, stocked: list[Any]) -> None:
    data = client.get("/api/v1/depot/items/export?format=xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert ",".join(rows[0]) == HEADER
    assert rows[1][9:13] == ["red", 1, 0.5, "ACME"]


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_what_goes_out_comes_in_again(call: Call, client: FlaskClient, stocked: list[Any], format: str) -> None:
    data = client.get("/api/v1/depot/items/export", query_string={"format": format}).data
    before = records(call)
    for each in stocked:
        call("DELETE", f"depot/items/{each['id']}", headers={"If-Match": '"1"'}, status=204)
    assert upload(client, data, f"items.{format}") == {
        "dry_run": False, "rows": 3, "created": 3, "updated": 0, "acted": 0, "made": {}, "batch": 1,
        "errors": []}  # fmt: skip
    assert records(call) == before
    again = upload(client, data, f"items.{format}")
    assert (again["created"], again["updated"]) == (0, 3)
    assert [each["version"] for each in call("GET", "depot/items")["items"]] == [1, 1, 1]


def test_header_may_be_a_label_told_apart_by_its_plugin(call: Call, client: FlaskClient) -> None:
    data = "Code,Weight,Paint: Weight,Dangerous goods: Weight,Colour,Un number\nA,1,2,3,red,1203\n"
    assert upload(client, data)["errors"] == []
    (made,) = records(call)
    weights = (made["weight"], made["ext"]["paint"]["weight"], made["ext"]["hazard"]["weight"])
    assert (weights, made["ext"]["hazard"]["un_number"]) == (("1", "2", "3"), "1203")


def test_each_fault_has_its_row_and_column(call: Call, client: FlaskClient, stocked: list[Any]) -> None:
    data = ("code,ext.paint.colour,ext.paint.coats,ext.paint.brand,ext.hazard.un_number\n"
            "D,red,10,,1\nE,red,x,,1\nF,,2,,1\nG,red,1,none,1\nB,,5,,\n")  # fmt: skip
    found = [(each["row"], each["column"], each["message"]) for each in upload(client, data)["errors"]]
    assert found == [(3, "ext.paint.coats", "Give a whole number."),
                     (5, "ext.paint.brand", "There is no brand none.")]  # fmt: skip
    data = data.replace("E,red,x", "E,red,1").replace(",none,", ",ACME,")
    found = [(each["row"], each["column"], each["message"]) for each in upload(client, data)["errors"]]
    assert found == [(2, "ext.paint.coats", "Nobody sees more than nine coats"),
                     (4, "ext.paint.colour", "Missing data for required field."),
                     (6, "ext.paint.colour", "Missing data for required field.")]  # fmt: skip
    assert len(records(call)) == 3


def test_private_column_is_refused_in_a_file(sign_in: Any, call: Call) -> None:
    answer = upload(sign_in("paint.painter"), "code,ext.paint.colour,ext.paint.recipe\nA,red,x\n")
    assert answer["errors"] == {"ext.paint.recipe": ["You may not set this field."]}
    line = b'{"code": "A", "ext": {"paint": {"colour": "red", "recipe": "x"}}}\n'
    answer = upload(sign_in("paint.painter"), line, "items.jsonl")
    assert [(each["column"], each["message"]) for each in answer["errors"]] == [
        ("ext.paint.recipe", "You may not set this field.")]  # fmt: skip


def test_queries_of_an_import_do_not_grow_with_its_rows(
    site: Any, client: FlaskClient, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("POST", "paint/brands", {"code": "ACME"}, status=201)

    def count(first: int, rows: int) -> int:
        lines = [f"I{number},red,ACME,12" for number in range(first, first + rows)]
        data = "\n".join(["code,ext.paint.colour,ext.paint.brand,ext.hazard.weight", *lines])
        seen: list[str] = []
        execute = site.database.execute_sql

        def note(sql: str, *args: Any, **kwargs: Any) -> Any:
            seen.append(sql)
            return execute(sql, *args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(site.database, "execute_sql", note)
            assert upload(client, data)["created"] == rows
        return len(seen)

    assert count(0, 5) == count(100, 60)
