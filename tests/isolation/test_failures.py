"""What goes wrong in a plugin's code costs the one request, and is told with the plugin's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from trastienda import Site
from trastienda.api.app import create_app
from trastienda.cli.inspecting import findings
from trastienda.isolation import Failures, PluginFailed
from trastienda.testing.sites import SYSTEM

THINGS = "/api/v1/trouble/things"
ENTITY = "trouble.thing"
Ask = Callable[[FlaskClient, str], TestResponse]


def new(client: FlaskClient, code: str) -> TestResponse:
    return client.post(THINGS, json={"code": code})


def act(client: FlaskClient, code: str, action: str, **given: str) -> TestResponse:
    made = new(client, code)
    assert made.status_code == 201
    return client.post(f"{THINGS}/{made.json['id']}/actions/{action}", json=given)


def upload(client: FlaskClient, how: str) -> TestResponse:
    return client.post(f"{THINGS}/import", data=f"code\nfine\nrule {how}\n", content_type="text/csv")


#: Every place where the core calls a plugin's code for a request, what it is called, and how to get there.
#: A plugin's authenticator is asked where nobody before it knew who sent the request.
PLACES: dict[str, tuple[str, Ask]] = {
    "rule": (f"rule rule of {ENTITY}", lambda client, how: new(client, f"rule {how}")),
    "imported": (f"rule rule of {ENTITY}", upload),
    "subscriber": ("subscriber to trouble_thing:created", lambda client, how: new(client, f"subscriber {how}")),
    "action": (f"action {ENTITY}.act", lambda client, how: act(client, "a", "act", how=how)),
    "transition": (f"action {ENTITY}.close", lambda client, how: act(client, f"closing {how}", "close")),
    "route": ("route poke", lambda client, how: client.get(f"/api/v1/trouble/poke?how={how}")),
    "service": ("service trouble.serve/1", lambda client, how: client.get(f"/api/v1/trouble/through?how={how}")),
    "page": ("page trouble.page", lambda client, how: client.get(f"/trouble/page?how={how}")),
    "report": ("report trouble.report", lambda client, how: client.get(f"/api/v1/reports/trouble.report?how={how}")),
    "format": ("format odd",
               lambda client, how: client.get(f"/api/v1/reports/trouble.report?late=f-{how}&format=odd")),
    "authenticator": ("authenticator",
                      lambda client, how: client.get(THINGS, headers={"X-Trouble": how, "Authorization": ""})),
}  # fmt: skip
#: Where a plugin's answer is used, so that it may be of the wrong type.
ANSWERING = ("rule", "imported", "route", "report", "format", "authenticator")
CASES = [(place, how) for place in PLACES for how in ("error", "exit")] + [(place, "type") for place in ANSWERING]


@pytest.mark.parametrize(("place", "how"), CASES)
def test_request_fails_alone_and_names_the_plugin(site: Site, client: FlaskClient, place: str, how: str) -> None:
    site.error_page = None
    what, ask = PLACES[place]
    answer = ask(client, how)
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json == {
        "type": "about:blank",
        "title": "Plugin failed",
        "status": 500,
        "detail": f"The plugin trouble failed in its {what}; it has been logged",
        "plugin": "trouble",
        "what": what,
    }
    assert site.failures.by_plugin()["trouble"].count == 1
    assert client.get(THINGS).status_code == 200
    assert new(client, "still well").status_code == 201


@pytest.mark.parametrize("how", ["error", "exit", "type"])
def test_panel_fails_in_its_place(site: Site, client: FlaskClient, browser_client: FlaskClient, how: str) -> None:
    made = new(client, f"panel {how}").json
    page = browser_client.get(f"/trouble/things/{made['id']}")
    told = "The plugin trouble failed in its panel trouble.panel; it has been logged"
    assert (page.status_code, page.text.count(told)) == (200, 1)
    assert site.failures.by_plugin()["trouble"].count == 1


@pytest.mark.database("postgresql")  # SQLite divides by nothing without complaint
def test_computed_column_that_its_data_does_not_suit_is_named(site: Site, client: FlaskClient) -> None:
    assert client.get(THINGS).status_code == 200
    thing: Any = site.registry.entities[ENTITY].model
    site.write(SYSTEM, site.company("ACME"), lambda work: work.add(thing(code="x" * 41)))
    answer = client.get(THINGS)
    assert (answer.status_code, answer.json["what"]) == (500, "computed columns share")
    assert client.get(f"{THINGS}?fields=code").status_code == 200
    assert client.get("/api/v1/identity/users").status_code == 200


def test_failure_undoes_the_whole_write(site: Site, client: FlaskClient) -> None:
    assert new(client, "subscriber error").status_code == 500
    assert upload(client, "error").status_code == 500
    assert site.registry.entities[ENTITY].model.select().count() == 0


def test_report_that_yields_a_short_row_fails(client: FlaskClient) -> None:
    assert client.get("/api/v1/reports/trouble.report?late=short").json["what"] == "report trouble.report"


def test_batch_answers_for_the_plugin(client: FlaskClient) -> None:
    operation = {"method": "POST", "path": "trouble/things", "body": {"code": "rule error"}}
    assert client.post("/api/v1/batch", json={"operations": [operation]}).json["title"] == "Plugin failed"


def test_row_filter_that_breaks_shows_nothing(sign_in: Any) -> None:
    answer = sign_in("trouble.filtered").get(THINGS)
    assert (answer.status_code, answer.json["what"]) == (500, "row filter filtered")


def test_failure_is_logged_once_with_the_plugin_and_its_cause(site: Site, client: FlaskClient) -> None:
    with capture_logs() as lines:
        new(client, "rule error")
        new(client, "rule exit")
    told = [(line["event"], line["plugin"], line["what"], type(line["exc_info"])) for line in lines]
    what = f"rule rule of {ENTITY}"
    assert told == [("a plugin failed", "trouble", what, KeyError), ("a plugin failed", "trouble", what, SystemExit)]
    noted = site.failures.by_plugin()["trouble"]
    assert (noted.count, noted.message) == (2, f"{what}: SystemExit: 3")


@pytest.mark.parametrize(("how", "problem"), [("error", "'a secret detail'"), ("exit", "3"),
                                              ("type", "str instead of list | tuple")])  # fmt: skip
def test_check_that_fails_is_a_finding(
    site: Site, company: Any, monkeypatch: pytest.MonkeyPatch, how: str, problem: str
) -> None:
    monkeypatch.setenv("TROUBLE_CHECK", how)
    told = f"The plugin trouble failed in its check quiet; it has been logged: {problem}"
    assert list(findings(site)) == [("trouble, quiet, ACME", told)]


@pytest.mark.parametrize("how", ["error", "exit"])
def test_startup_that_fails_leaves_the_server_running(
    site: Site, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setenv("TROUBLE_STARTUP", how)
    assert create_app(site).test_client().get("/healthz").status_code == 200
    assert list(site.failures.by_plugin()) == ["trouble"]


def test_refusal_is_no_failure(site: Site, client: FlaskClient) -> None:
    assert [new(client, "once").status_code for _ in range(2)] == [201, 422]
    assert site.failures.by_plugin() == {}


def test_plugins_page_names_what_failed_to_administrators(
    client: FlaskClient, browser_client: FlaskClient, sign_in: Any
) -> None:
    assert "Failed since" not in browser_client.get("/plugins").text
    new(client, "rule error")
    new(client, "rule exit")
    page = browser_client.get("/plugins").text
    assert page.count("Failed since the server started: 2") == 1
    assert f"rule rule of {ENTITY}: SystemExit: 3" in page
    others = sign_in("auditor", browser=True).get("/plugins").text
    assert ("Failed since the server started: 2" in others, "SystemExit" in others) == (True, False)


def test_processes_tell_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1.json").write_text("left by an earlier server")
    failures = Failures()
    failures.share(tmp_path)
    for process, count in ((11, 2), (12, 1)):
        monkeypatch.setattr("os.getpid", lambda process=process: process)
        own = Failures()
        own._folder = tmp_path
        for number in range(count):
            own.note(PluginFailed(plugin="trouble", what=f"panel {process} {number}"))
    monkeypatch.setattr("os.getpid", lambda: 13)
    found = failures.by_plugin()["trouble"]
    assert (found.count, found.message) == (3, "panel 12 0")
