"""The sample company, as `trastienda demo` makes it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trastienda import Site, User
from trastienda.api.app import create_app
from trastienda.builtin.identity.models import Session
from trastienda.builtin.identity.signing_in import COOKIE, digest_of, now
from trastienda.cli import main
from trastienda.cli.founding import DEMO_PASSWORD, DEMO_USER, sign_ins
from trastienda.settings import load_settings

#: Who asks, in which of his companies, with which roles.
SESSION_QUERIES = 3


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("demo") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(data.parent)
        made = CliRunner().invoke(main, ["demo", "--data", str(data), "--no-serve"])
    assert made.exit_code == 0, made.stderr
    assert "Sign in as admin" in made.stdout
    return data


@pytest.fixture
def site(demo: Path) -> Iterator[Site]:
    settings = {"TRASTIENDA_DATABASE": f"sqlite:///{demo / 'trastienda.db'}", "TRASTIENDA_DATA": str(demo)}
    opened = Site.open(load_settings(settings))
    yield opened
    opened.database.close()


def test_demo_is_well_by_the_doctor_and_by_the_audit(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo.parent)
    runner = CliRunner(env={"TRASTIENDA_DATA": str(demo)})
    for command in (["doctor"], ["audit", "verify"]):
        checked = runner.invoke(main, command)
        assert checked.exit_code == 0, checked.output


def test_each_sign_in_opens_a_page_of_its_own(demo: Path, site: Site) -> None:
    """The password is the one that is printed; nobody but the administrator may do everything."""
    app, may_add_users = create_app(site), []
    names = [DEMO_USER, *sign_ins(site)]
    assert {"accountant", "auditor", "clerk", "employee", "hr", "manager", "payroll"} <= set(names)
    for name in names:
        client = app.test_client()
        form = {"name": name, "password": DEMO_PASSWORD, "csrf_token": token_of(client.get("/sign-in").text)}
        assert client.post("/sign-in", data=form).headers["Location"] == "/", name
        start = client.get("/").text
        assert 'class="panel' in start, name
        may_add_users += [name] if client.get("/identity/users/new").status_code == 200 else []
    assert may_add_users == [DEMO_USER]


def token_of(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_every_list_of_every_plugin_takes_three_queries_beside_the_session(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its views, its rows, and what the visitor has not read, however many columns and extensions there are."""
    client, secret = create_app(site).test_client(), secrets.token_urlsafe()
    with site.active(), site.database.write():
        user = User.get(User.name == "admin")
        Session.insert(digest=digest_of(secret), user=user.id, started_at=now(), seen_at=now()).execute()
    client.set_cookie(COOKIE, secret)
    asked: list[str] = []
    execute = site.database.execute_sql

    def watched(sql: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(sql)
        return execute(sql, *args, **kwargs)

    plugins, too_many = set(), {}
    for entity in site.registry.entities.values():
        address = f"/{entity.path}"
        assert client.get(address).status_code == 200
        asked.clear()
        with monkeypatch.context() as patch:
            patch.setattr(site.database, "execute_sql", watched)
            client.get(address)
        found = [sql for sql in asked if sql.startswith("SELECT")]
        if len(found) > SESSION_QUERIES + 3:
            too_many[address] = found
        plugins.add(entity.plugin)
    assert too_many == {}
    assert {"contacts", "accounting", "hr", "inventory"} <= plugins
