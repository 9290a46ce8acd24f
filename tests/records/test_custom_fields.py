"""Fields that an administrator adds: typed, checked, and in every door."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Site
from trastienda.testing.sites import open_site

FIELDS = "/api/v1/records/custom-fields"
PARTIES = "/api/v1/contacts/parties"
KINDS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "route": ({"kind": "text"}, "North", "x" * 201),
    "story": ({"kind": "longtext"}, "one\ntwo", 5),
    "floors": ({"kind": "integer"}, 3, 1.5),
    "weight": ({"kind": "number"}, "2.125", "heavy"),
    "limit_amount": ({"kind": "money"}, "1500.00", "1.001"),
    "since": ({"kind": "date"}, "2026-02-28", "2026-02-30"),
    "vip": ({"kind": "boolean"}, True, "perhaps"),
    "size": ({"kind": "choice", "options": "small\nlarge"}, "large", "huge"),
    "agent": ({"kind": "reference", "target": "contacts.party"}, "AG", "nobody"),
}


def define(client: FlaskClient, name: str, **values: Any) -> Any:
    given = {"entity": "contacts.party", "name": name, "label": name.replace("_", " ").capitalize(), **values}
    return client.post(FIELDS, json=given)


@pytest.fixture
def defined(client: FlaskClient) -> dict[str, int]:
    """A field of each kind; their definitions' ids."""
    found = {}
    for name, (values, _good, _bad) in KINDS.items():
        answer = define(client, name, **values)
        assert answer.status_code == 201, answer.text
        found[name] = answer.json["id"]
    client.post(PARTIES, json={"code": "AG", "name": "Agent"})
    return found


@pytest.fixture
def filled(client: FlaskClient, defined: dict[str, int]) -> dict[str, Any]:
    """A party that has a value in each."""
    good = {name: value for name, (_, value, _bad) in KINDS.items()}
    answer = client.post(PARTIES, json={"code": "C1", "name": "One", "ext": {"custom": good}})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_values_of_every_kind_come_back(client: FlaskClient, filled: dict[str, Any]) -> None:
    custom = client.get(f"{PARTIES}/{filled['id']}").json["ext"]["custom"]
    assert {name: value for name, value in custom.items() if name != "agent"} == {
        name: good for name, (_, good, _bad) in KINDS.items() if name != "agent"}  # fmt: skip
    assert (custom["agent"]["key"], custom["agent"]["label"]) == ("AG", "Agent")


def test_value_of_the_wrong_kind_is_refused_by_its_path(client: FlaskClient, defined: dict[str, int]) -> None:
    for name, (_, _good, bad) in KINDS.items():
        answer = client.post(PARTIES, json={"code": "C1", "name": "One", "ext": {"custom": {name: bad}}})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [f"ext.custom.{name}"]), answer.text
    answer = client.post(PARTIES, json={"code": "C1", "name": "One", "ext": {"custom": {"nothing": 1}}})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["ext.custom.nothing"])


def test_lists_filter_and_sort_by_them(client: FlaskClient, filled: dict[str, Any]) -> None:
    client.post(PARTIES, json={"code": "C2", "name": "Two", "ext": {"custom": {"floors": 9, "size": "small"}}})

    def codes(**query: str) -> list[str]:
        return [each["code"] for each in client.get(PARTIES, query_string=query).json["items"]]

    assert codes(**{"ext.custom.size": "large"}) == ["C1"]
    assert codes(**{"ext.custom.floors__gte": "4"}) == ["C2"]
    assert codes(**{"ext.custom.limit_amount__gt": "1499.99"}) == ["C1"]
    assert codes(**{"ext.custom.agent": "AG"}) == ["C1"]
    assert codes(**{"ext.custom.route__contains": "ort"}) == ["C1"]
    assert codes(**{"sort": "-ext.custom.floors", "ext.custom.floors__isnull": "false"}) == ["C2", "C1"]
    assert codes(**{"ext.custom.vip__isnull": "true"}) == ["AG", "C2"]


def test_change_is_one_change_of_the_record_and_told_by_field(client: FlaskClient, filled: dict[str, Any]) -> None:
    place = f"{PARTIES}/{filled['id']}"
    changed = client.patch(place, json={"ext": {"custom": {"floors": 4}}}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json["version"]) == (200, 2), changed.text
    assert changed.json["ext"]["custom"]["size"] == "large"
    told = client.get(f"{place}/history").json["items"][0]
    assert told["changes"] == {"ext.custom.floors": [3, 4]}


def test_files_carry_them_out_and_in(client: FlaskClient, filled: dict[str, Any]) -> None:
    csv = client.get(f"{PARTIES}/export", query_string={"format": "csv", "code": "C1"}).data.decode()
    assert "ext.custom.limit_amount" in csv.splitlines()[0]
    assert ",1500.00," in csv
    text = "code,Limit amount,ext.custom.size\nC1,99.50,small\n"
    sent = client.post(f"{PARTIES}/import", data={"file": (io.BytesIO(text.encode()), "a.csv")})
    assert (sent.status_code, sent.json["updated"]) == (200, 1), sent.text
    custom = client.get(f"{PARTIES}/{filled['id']}").json["ext"]["custom"]
    assert (custom["limit_amount"], custom["size"]) == ("99.50", "small")
    bad = client.post(f"{PARTIES}/import", data={"file": (io.BytesIO(b"code,ext.custom.size\nC1,huge\n"), "a.csv")})
    assert [(each["row"], each["column"]) for each in bad.json["errors"]] == [(2, "ext.custom.size")]


@pytest.mark.database("sqlite")
def test_description_and_form_have_them(client: FlaskClient, browser_client: FlaskClient,
                                        filled: dict[str, Any]) -> None:  # fmt: skip
    schemas = client.get("/api/v1/openapi.json").json["components"]["schemas"]
    assert "limit_amount" in str(schemas["contacts.party.Create"]["properties"]["ext"])
    page = browser_client.get(f"/contacts/parties/{filled['id']}").text
    assert "Limit amount" in page
    assert 'value="North"' in page


def test_field_put_away_is_not_shown_and_keeps_its_values(client: FlaskClient, defined: dict[str, int],
                                                          filled: dict[str, Any]) -> None:  # fmt: skip
    place = f"{FIELDS}/{defined['size']}"
    assert client.patch(place, json={"active": False}, headers={"If-Match": "*"}).status_code == 200
    assert "size" not in client.get(f"{PARTIES}/{filled['id']}").json["ext"]["custom"]
    client.patch(f"{PARTIES}/{filled['id']}", json={"ext": {"custom": {"floors": 7}}}, headers={"If-Match": "*"})
    assert client.patch(place, json={"active": True}, headers={"If-Match": "*"}).status_code == 200
    custom = client.get(f"{PARTIES}/{filled['id']}").json["ext"]["custom"]
    assert (custom["size"], custom["floors"]) == ("large", 7)


def test_other_processes_follow(client: FlaskClient, site: Site, tmp_path: Path) -> None:
    with open_site(site.settings.database, tmp_path, ("contacts",)) as other:
        assert "ext.custom.size" not in other.registry.entities["contacts.party"].columns
        assert define(client, "size", kind="choice", options="small\nlarge").status_code == 201
        with other.active():
            assert other.registry.entities["contacts.party"].columns["ext.custom.size"].options == ("small", "large")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "Size"}, "name"), ({"name": "a b"}, "name"), ({"name": "id"}, "name"), ({"name": "a__b"}, "name"),
        ({"name": 'x"; DROP TABLE core_user; --'}, "name"), ({"name": ""}, "name"), ({"kind": "file"}, "kind"),
        ({"entity": "contacts.nothing"}, "entity"), ({"entity": "contacts.address"}, "entity"),
        ({"kind": "choice"}, "options"), ({"options": "a"}, "options"),
        ({"kind": "choice", "options": "a\na"}, "options"),
        ({"kind": "reference"}, "target"),
        ({"kind": "choice", "options": "a", "default": "b"}, "default"), ({"default": "x", "kind": "date"}, "default"),
        ({"kind": "reference", "target": "contacts.party", "default": "A"}, "default"),
        ({"kind": "money", "default": "1.23456"}, "default"), ({"kind": "longtext", "unique": True}, "unique"),
        ({"unique": True, "default": "a"}, "default"), ({"kind": "date", "searched": True}, "searched"),
        ({"kind": "reference", "target": "x.y"}, "target"), ({"label": ""}, "label"),
    ],
)  # fmt: skip
def test_definition_that_cannot_be_is_refused_by_its_field(client: FlaskClient, values: dict[str, str],
                                                           field: str) -> None:  # fmt: skip
    answer = client.post(FIELDS, json={"entity": "contacts.party", "name": "size", "label": "Size", "kind": "text",
                                       **values})  # fmt: skip
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field]), answer.text


@pytest.mark.database("sqlite")
def test_definition_keeps_its_name_and_kind(client: FlaskClient, defined: dict[str, int]) -> None:
    for change in ({"kind": "text", "options": ""}, {"name": "other"}, {"entity": "identity.user"}):
        answer = client.patch(f"{FIELDS}/{defined['size']}", json=change, headers={"If-Match": "*"})
        assert (answer.status_code, next(iter(answer.json["errors"]))) == (422, next(iter(change))), answer.text
    assert define(client, "size", kind="text").status_code == 422


@pytest.mark.database("sqlite")
def test_who_administers_alone_defines(sign_in: Any, client: FlaskClient) -> None:
    for role in ("contacts.manager", "auditor"):
        assert define(sign_in(role), "size", kind="text").status_code == 403
