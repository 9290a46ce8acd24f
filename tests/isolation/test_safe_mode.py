"""Safe mode: the bundled plugins alone, to be read, by administrators alone, whatever is wrong with the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from trastienda import Site
from trastienda.api.app import create_app
from trastienda.cli import main
from trastienda.settings import load_settings
from trastienda.testing.sites import SYSTEM, bearer_client, browser_client

NOTHING = "The server is in safe mode: nothing is written"
ALONE = "The server is in safe mode: administrators alone may look at it"


@pytest.fixture
def clients(site: Site, user: Callable[..., Any]) -> Callable[..., FlaskClient]:
    """clients("admin", browser=True): to the same database, served in safe mode."""
    thing: Any = site.registry.entities["trouble.thing"].model
    site.write(SYSTEM, site.company("ACME"), lambda work: work.add(thing(code="kept")))
    given = {"TRASTIENDA_DATABASE": site.settings.database, "TRASTIENDA_DATA": str(site.settings.data),
             "TRASTIENDA_SAFE_MODE": "true"}  # fmt: skip
    app = create_app(Site.open(load_settings(given)))

    def client(role: str, *, browser: bool = False) -> FlaskClient:
        return (browser_client if browser else bearer_client)(app, site, user(role))

    return client


def test_administrator_reads_what_the_core_has(clients: Callable[..., FlaskClient]) -> None:
    admin = clients("admin")
    assert admin.get("/api/v1/identity/users").status_code == 200
    assert admin.get("/api/v1/trouble/things").status_code == 404
    page = clients("admin", browser=True).get("/plugins").text
    assert "Safe mode: only the plugins that come with the core are on, and nothing is written." in page
    assert "trouble" not in page


def test_nothing_is_written_through_any_door(clients: Callable[..., FlaskClient], site: Site) -> None:
    admin = clients("admin")
    users = site.registry.entities["identity.user"].model.select().count()
    new = {"method": "POST", "path": "identity/users", "body": {"name": "x"}}
    answers = [
        admin.post("/api/v1/identity/users", json={"name": "x"}),
        admin.patch("/api/v1/identity/users/1", json={"email": "a@example.org"}, headers={"If-Match": "*"}),
        admin.delete("/api/v1/identity/users/1", headers={"If-Match": "*"}),
        admin.post("/api/v1/batch", json={"operations": [new]}),
        admin.post("/api/v1/identity/users/import", data=b"name\nx\n", content_type="text/csv"),
    ]
    assert [(each.status_code, each.json["detail"]) for each in answers] == [(503, NOTHING)] * 5
    browser = clients("admin", browser=True)
    page = browser.post("/identity/users/new", data={"name": "x"})
    assert (page.status_code, NOTHING in page.text) == (503, True)
    assert site.registry.entities["identity.user"].model.select().count() == users + 1  # who asked by browser


def test_others_are_turned_away(clients: Callable[..., FlaskClient]) -> None:
    answer = clients("auditor").get("/api/v1/identity/users")
    assert (answer.status_code, answer.json["detail"]) == (503, ALONE)
    assert clients("auditor", browser=True).get("/").status_code == 503


def test_data_of_the_others_is_there_when_they_come_back(
    clients: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    clients("admin").get("/api/v1/identity/users")
    assert [each["code"] for each in client.get("/api/v1/trouble/things").json["items"]] == ["kept"]


@pytest.mark.database("sqlite")
def test_command_line_writes_nothing_either(site: Site, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRASTIENDA_DATABASE", site.settings.database)
    monkeypatch.setenv("TRASTIENDA_DATA", str(site.settings.data))
    done = CliRunner().invoke(main, ["--safe-mode", "user", "add", "x", "--password", "long enough a password"])
    assert (done.exit_code, NOTHING in done.output) == (1, True)

