"""Fields that an administrator adds: required, with defaults, unique, searched, named in two languages, and removed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from trastienda import Site
from trastienda.testing.fixtures import Run
from trastienda.testing.sites import COMPANY, bearer_client

FIELDS = "/api/v1/records/custom-fields"
PARTIES = "/api/v1/contacts/parties"
ANY = {"If-Match": "*"}


def define(client: FlaskClient, name: str, **values: Any) -> Any:
    given = {"entity": "contacts.party", "name": name, "label": name.capitalize(), "kind": "text", **values}
    return client.post(FIELDS, json=given)


def make(client: FlaskClient, code: str, **custom: Any) -> Any:
    return client.post(PARTIES, json={"code": code, "name": code, "ext": {"custom": custom}})


def send(client: FlaskClient, text: str) -> Any:
    return client.post(f"{PARTIES}/import", data={"file": (io.BytesIO(text.encode()), "a.csv")})


def places(answer: Any) -> list[tuple[int, str]]:
    return [(each["row"], each["column"]) for each in answer.json["errors"]]


def test_field_is_deleted_with_its_values_after_it_was_archived(client: FlaskClient) -> None:
    field = define(client, "size").json
    define(client, "route")
    party = make(client, "C1", size="large", route="North").json
    place = f"{FIELDS}/{field['id']}"
    refused = client.delete(place, headers=ANY)
    assert (refused.status_code, "deleted: 1." in refused.json["detail"]) == (409, True), refused.text
    assert client.post(f"{place}/actions/archive", json={}).status_code == 200
    assert client.delete(place, headers=ANY).status_code == 204
    assert define(client, "size", kind="integer").status_code == 201
    shown = client.get(f"{PARTIES}/{party['id']}").json["ext"]["custom"]
    assert shown == {"route": "North", "size": None}
    told = client.get(f"{PARTIES}/{party['id']}/history").json["items"][-1]["changes"]
    assert told["ext.custom.size"] == [None, "large"]


def test_last_field_takes_the_table_with_it_and_another_can_follow(client: FlaskClient) -> None:
    for kind in ("text", "integer"):
        field = define(client, "size", kind=kind)
        assert field.status_code == 201, field.text
        place = f"{FIELDS}/{field.json['id']}"
        client.patch(place, json={"active": False}, headers=ANY)
        assert client.delete(place, headers=ANY).status_code == 204
    assert "ext" not in make_plain(client, "C1").json


def make_plain(client: FlaskClient, code: str) -> Any:
    return client.post(PARTIES, json={"code": code, "name": code})


def test_new_records_have_what_is_required_and_start_with_defaults(client: FlaskClient) -> None:
    make_plain(client, "OLD")
    assert define(client, "size", kind="choice", options="small\nlarge", required=True).status_code == 201
    assert define(client, "since", kind="date", default="2026-01-31").status_code == 201
    assert define(client, "ceiling", kind="money", default="99.50").status_code == 201
    for body in ({}, {"ext": {"custom": {}}}, {"ext": {"custom": {"size": None}}}, {"ext": {"custom": {"size": ""}}},
                 {"ext": {"custom": None}}):  # fmt: skip
        answer = client.post(PARTIES, json={"code": "C1", "name": "One", **body})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["ext.custom.size"]), answer.text
    made = make(client, "C1", size="small").json
    assert made["ext"]["custom"] == {"size": "small", "since": "2026-01-31", "ceiling": "99.50"}
    place = f"{PARTIES}/{made['id']}"
    emptied = client.patch(place, json={"ext": {"custom": {"size": None}}}, headers=ANY)
    assert (emptied.status_code, list(emptied.json["errors"])) == (422, ["ext.custom.size"])
    assert client.patch(place, json={"name": "Uno"}, headers=ANY).status_code == 200
    old = client.get(PARTIES, query_string={"code": "OLD"}).json["items"][0]
    changed = client.patch(f"{PARTIES}/{old['id']}", json={"name": "Older"}, headers=ANY)
    assert (changed.status_code, changed.json["ext"]["custom"]) == (200, None)


def test_what_a_plugin_makes_starts_with_defaults_and_is_asked_for_nothing(
    client: FlaskClient, site: Site, write: Run
) -> None:
    define(client, "size", kind="choice", options="small\nlarge", required=True)
    define(client, "route", default="North")
    define(client, "ceiling", kind="money", default="99.50")
    define(client, "odd", kind="money", default="1.001")
    assert client.get(FIELDS).status_code == 200
    model = site.registry.entities["contacts.party"].model
    made = write(lambda work: work.add_all([(model(code=code, name=code), ()) for code in ("P1", "P2")]))
    for party in made:
        place = f"{PARTIES}/{party.id}"
        assert client.get(place).json["ext"]["custom"] == {
            "size": None, "route": "North", "ceiling": "99.50", "odd": None}
        (told,) = client.get(f"{place}/history").json["items"]
        assert told["changes"]["ext.custom.route"] == [None, "North"]
    renamed = client.patch(f"{PARTIES}/{made[0].id}", json={"name": "Uno"}, headers=ANY)
    assert (renamed.status_code, renamed.json["ext"]["custom"]["route"]) == (200, "North")
    asked = client.patch(f"{PARTIES}/{made[0].id}", json={"ext": {"custom": {"size": None}}}, headers=ANY)
    assert (asked.status_code, list(asked.json["errors"])) == (422, ["ext.custom.size"])


def test_default_that_does_not_fit_the_company_is_refused_by_its_field(client: FlaskClient) -> None:
    define(client, "ceiling", kind="money", default="1.001")
    answer = make_plain(client, "C1")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["ext.custom.ceiling"])


def test_import_gives_defaults_and_names_row_and_column_of_what_is_missing(client: FlaskClient) -> None:
    define(client, "size", kind="choice", options="small\nlarge", required=True)
    define(client, "vip", kind="boolean", default="true")
    assert places(send(client, "code,name,ext.custom.size\nC1,One,small\nC2,Two,\n")) == [(3, "ext.custom.size")]
    assert places(send(client, "code,name\nC1,One\n")) == [(2, "ext.custom.size")]
    good = send(client, "code,name,ext.custom.size\nC1,One,small\n")
    assert good.status_code == 200, good.text
    assert client.get(PARTIES).json["items"][0]["ext"]["custom"] == {"size": "small", "vip": True}


def test_unique_value_is_refused_by_its_field_in_every_door(client: FlaskClient) -> None:
    field = define(client, "plate").json
    make(client, "C1", plate="X")
    second = f"{PARTIES}/{make(client, 'C2', plate='X').json['id']}"
    place = f"{FIELDS}/{field['id']}"
    refused = client.patch(place, json={"unique": True}, headers=ANY)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["unique"]), refused.text
    client.patch(second, json={"ext": {"custom": {"plate": "Y"}}}, headers=ANY)
    assert client.patch(place, json={"unique": True}, headers=ANY).status_code == 200
    for answer in (make(client, "C3", plate="X"),
                   client.patch(second, json={"ext": {"custom": {"plate": "X"}}}, headers=ANY)):  # fmt: skip
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["ext.custom.plate"]), answer.text
    assert places(send(client, "code,name,Plate\nC3,C3,Z\nC4,C4,X\nC5,C5,Z\n")) == [(3, "Plate"), (4, "Plate")]
    for code in ("N1", "N2"):
        assert make_plain(client, code).status_code == 201


def test_option_that_a_record_has_stays(client: FlaskClient) -> None:
    field = define(client, "size", kind="choice", options="S\nM\nL").json
    place = f"{FIELDS}/{field['id']}"
    make(client, "C1", size="M")
    refused = client.patch(place, json={"options": "S\nL"}, headers=ANY)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["options"]), refused.text
    assert client.patch(place, json={"options": "M\nL\nXL"}, headers=ANY).status_code == 200


def test_search_looks_at_what_is_searched(client: FlaskClient) -> None:
    def found(text: str) -> list[str]:
        return [each["code"] for each in client.get(PARTIES, query_string={"q": text}).json["items"]]

    place = f"{FIELDS}/{define(client, 'route').json['id']}"
    make(client, "C1", route="Norte Ñ")
    assert found("ñ") == []
    assert client.patch(place, json={"searched": True}, headers=ANY).status_code == 200
    assert (found("RTE ñ"), found("c1"), found("none")) == (["C1"], ["C1"], [])


def test_lists_of_what_refers_to_a_record_filter_sort_and_group_by_its_fields(client: FlaskClient) -> None:
    define(client, "size", kind="choice", options="small\nlarge")
    define(client, "floors", kind="integer")
    define(client, "agent", kind="reference", target="contacts.party")
    for code, size, floors, agent in (("A", "small", 2, None), ("B", "large", 1, "A"), ("C", "large", 3, "B"),
                                      ("D", "small", None, "B")):  # fmt: skip
        assert make(client, code, size=size, floors=floors, agent=agent).status_code == 201
    through = "ext.custom.agent.ext.custom"

    def codes(**query: str) -> list[str]:
        answer = client.get(PARTIES, query_string=query)
        assert answer.status_code == 200, answer.text
        return [each["code"] for each in answer.json["items"]]

    assert codes(**{f"{through}.size": "large"}) == ["C", "D"]
    assert codes(**{f"{through}.floors__gte": "2"}) == ["B"]
    assert codes(sort=f"-{through}.floors,code") == ["B", "C", "D", "A"]
    paged = client.get(PARTIES, query_string={"sort": f"{through}.floors", "limit": "3"}).json
    assert codes(sort=f"{through}.floors", limit="3", cursor=paged["next"]) == ["A"]
    grouped = client.get(PARTIES, query_string={"group": f"{through}.size"}).json["groups"]
    assert [(each["value"], each["count"]) for each in grouped] == [("large", 2), ("small", 1), (None, 1)]
    exported = client.get(f"{PARTIES}/export", query_string={"format": "csv", f"{through}.size": "small"}).text
    assert [line.partition(",")[0] for line in exported.splitlines()[1:]] == [exported.splitlines()[1].split(",")[0]]
    for query in ({f"{through}.nothing": "1"}, {"sort": f"{through}.nothing"}, {"group": f"{through}.nothing"},
                  {"group": "ext.custom.agent.ext.custom.agent"}):  # fmt: skip
        assert client.get(PARTIES, query_string=query).status_code == 400


def test_labels_are_said_in_the_readers_language(client: FlaskClient, browser_client: FlaskClient) -> None:
    made = define(client, "size", wordings=[{"language": "es", "label": "Tamaño", "help": "En cajas"}])
    assert made.status_code == 201, made.text

    def form(language: str) -> str:
        return browser_client.get("/contacts/parties/new", headers={"Accept-Language": language}).text

    assert send(client, "code,name,Tamaño\nC1,One,big\n").status_code == 200
    assert client.get(PARTIES).json["items"][0]["ext"]["custom"] == {"size": "big"}
    assert ("Tamaño" in form("es"), "En cajas" in form("es"), "Tamaño" in form("en")) == (True, True, False)
    assert client.patch(f"{FIELDS}/{made.json['id']}", json={"label": "Measure"}, headers=ANY).status_code == 200
    assert "Measure" in form("en")
    refused = define(client, "other", wordings=[{"language": "es", "label": each} for each in "ab"])
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["wordings.0.language", "wordings.1.language"])


def test_form_starts_with_the_default_and_asks_for_what_is_required(client: FlaskClient,
                                                                    browser_client: FlaskClient) -> None:  # fmt: skip
    define(client, "size", required=True)
    define(client, "since", kind="date", default="2026-01-31")
    page = browser_client.get("/contacts/parties/new").text
    size = next(part for part in page.split("<input") if 'name="ext.custom.size"' in part)
    since = next(part for part in page.split("<input") if 'name="ext.custom.since"' in part)
    assert ("required" in size.partition(">")[0], 'value="2026-01-31"' in since) == (True, True)


def test_who_administers_one_company_reads_and_does_not_define(client: FlaskClient, app: Any, site: Site,
                                                               user: Callable[..., Any]) -> None:  # fmt: skip
    place = f"{FIELDS}/{define(client, 'size').json['id']}"
    clerk = user()
    roles = {"roles": [{"role": "admin", "in_company": COMPANY}]}
    assert client.patch(f"/api/v1/identity/users/{clerk.id}", json=roles, headers=ANY).status_code == 200
    local = bearer_client(app, site, clerk)
    assert local.get(FIELDS).json["items"][0]["name"] == "size"
    assert define(local, "other").status_code == 403
    assert local.patch(place, json={"label": "Mine"}, headers=ANY).status_code == 403
    assert local.post(f"{place}/actions/archive", json={}).status_code == 403
    assert local.delete(place, headers=ANY).status_code == 403
    assert local.post(PARTIES, json={"code": "C1", "name": "C1", "ext": {"custom": {"size": "L"}}}).status_code == 201
