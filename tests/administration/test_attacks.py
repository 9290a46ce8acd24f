"""Attacks on permissions, over whatever plugins are installed: what belongs to one company shows nowhere in another.

The same questions are put to two servers that differ in one thing: in the second, the other company has a year of
business. Whoever has no role there must get the same answers from both, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from trastienda import Company, Site, User
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda.entities.compiled import CompiledEntity
from trastienda.entities.parameters import parameters_of
from trastienda.plugins.found import find_plugins
from trastienda.settings import load_settings
from trastienda.storage.models import RoleAssignment
from trastienda.testing.databases import PreparedDatabase
from trastienda.testing.sites import SYSTEM, browser_client, found_company, open_site
from trastienda.testing.values import PLAIN

pytestmark = pytest.mark.database("sqlite")
PLUGINS = tuple(sorted(each.name for each in find_plugins(load_settings({}))[0] if not each.bundled))
#: Tables in which a request leaves its own traces, whatever it asks.
TRACES = {"identity_attempt", "identity_token_use", "identity_session", "core_answer", "sqlite_sequence"}
#: What differs between two answers to the same question.
PASSING = re.compile(r'value="[^"]{40,}"|"?[0-9a-f]{32}"?|[0-9a-f-]{36}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?|\d\d:\d\d'
                     r'|"next":"\d+\.\d+-\d+\.\d+"')  # a place in the feed, made of numbers that all companies share
#: Served alike to everybody, or each one's own.
ASIDE = ("/assets/", "/api/docs", "/healthz", "/readyz", "/metrics", "/sign-", "/api/v1/openapi.json", "/me/")


@cache
def secrets_of() -> dict[str, str]:
    """The tokens that `build_base` made in this process, by role."""
    return {}


def build_base(url: str, data: Path) -> None:
    """ACME with a user of every role in it alone, and BETA with nobody."""
    found_company(url, data, PLUGINS)
    with open_site(url, data, PLUGINS) as site:
        acme = site.company("ACME")

        def people(work: Any) -> None:
            work.add(Company(code="BETA", name="Beta", currency="EUR", country="ES", time_zone="Europe/Madrid"))
            for name, role in site.permissions.roles.items():
                if not role.everyone:
                    user = add_user(work, name=f"user-{name}", password=None, roles=[name], company=acme)
                    secrets_of()[name] = add_token(work, user=user, name="attack")

        site.write(SYSTEM, acme, people)


def build_busy(url: str, data: Path) -> None:
    """The same with a year of BETA's business, and a user of BETA's."""
    build_base(url, data)
    with open_site(url, data, PLUGINS) as site:
        beta = site.company("BETA")
        site.write(SYSTEM, beta, lambda work: add_user(
            work, name="beta-admin", password=None, roles=["admin"], company=beta))
        for _plugin, setup in site.registry.setups:
            if setup.demo is not None:
                site.write(SYSTEM, beta, setup.demo)


@dataclass(frozen=True)
class Place:
    """A server, and how to be somebody on it."""

    site: Site
    app: Any
    tokens: Mapping[str, str]

    def api(self, role: str, company: str = "") -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[role]}"
        if company:
            client.environ_base["HTTP_X_COMPANY"] = company
        return client

    def web(self, role: str) -> FlaskClient:
        user = User.get(User.name == f"user-{role}")
        client = browser_client(self.app, self.site, user)
        assert isinstance(client, FlaskClient)
        return client


@pytest.fixture
def quiet(prepared_database: PreparedDatabase, tmp_path: Path) -> Iterator[Place]:
    yield from place(prepared_database, tmp_path, "quiet", build_base)


@pytest.fixture
def busy(prepared_database: PreparedDatabase, tmp_path: Path) -> Iterator[Place]:
    yield from place(prepared_database, tmp_path, "busy", build_busy)


def place(prepared_database: PreparedDatabase, folder: Path, name: str, build: Any) -> Iterator[Place]:
    data = folder / name
    data.mkdir()
    kept: dict[str, str] = TOKENS.setdefault(name, {})

    def made(url: str) -> None:
        secrets_of().clear()
        build(url, data)
        kept.update(secrets_of())

    url = prepared_database(f"attacks {name} {','.join(PLUGINS)}", made)
    with open_site(url, data, PLUGINS) as site:
        yield Place(site, create_app(site), kept)


TOKENS: dict[str, dict[str, str]] = {}


# -- what to ask
def victims(site: Site) -> dict[str, tuple[int, str]]:
    """The id and the key of a record of BETA's, by entity; of what all share, one that ACME does not see."""
    beta = site.company("BETA")
    found = {}
    for name, entity in site.registry.entities.items():
        query: Any = entity.model.select()
        if entity.scoped:
            query = query.where(entity.model._meta.fields["company"] == beta.id)
        elif name == "identity.company":
            query = query.where(Company.id == beta.id)
        elif name == "identity.user":
            query = query.where(User.name == "beta-admin")
        else:
            continue
        if (record := query.first()) is not None:
            key = getattr(record, entity.key.name) if entity.key is not None else ""
            found[name] = int(record.id), str(key)
    return found


def questions(site: Site, rules: list[Rule], found: Mapping[str, tuple[int, str]]) -> list[str]:
    """An address for each route that is read, and each entity or report that it serves, of BETA's records."""
    asked: list[str] = []
    for rule in rules:
        text = str(rule)
        if "GET" not in (rule.methods or ()) or text.startswith(ASIDE):
            continue
        if "<plugin>/<path>" in text:
            for name, entity in site.registry.entities.items():
                asked += _of_entity(text, entity, *found.get(name, (1, "")))
        elif "<name>" in text and "reports" in text:
            asked += [text.replace("<name>", name) + _parameters(site, name) for name in site.registry.reports]
        else:
            asked.append(re.sub(r"<[^>]+>", "1", text))
    return list(dict.fromkeys(asked))


def _of_entity(text: str, entity: CompiledEntity, identity: int, key: str) -> Iterator[str]:
    at = text.replace("<plugin>/<path>", entity.path).replace("<int:identity>", str(identity))
    for action in entity.actions if "actions/<name>" in at else ["1"]:
        url = re.sub(r"<[^>]+>", action, at)
        yield url
        if "<" not in text.replace("<plugin>/<path>", ""):
            if text.startswith("/api") and text.endswith("<path>"):
                yield f"{url}?count=exact&limit=200"
                yield f"{url}?id={identity}"
                yield f"{url}?q=a&count=exact" if entity.declared.search else f"{url}?sort=-id"
                if entity.key is not None:
                    yield f"{url}?{entity.key.name}={key}&count=exact"
            if text.endswith("/export"):
                yield f"{url}?format=jsonl"
            if text.endswith("/lookup"):
                yield f"{url}?q={key[:3] or 'a'}"


def _parameters(site: Site, report: str) -> str:
    """As much as the report cannot do without."""
    needed = [each for each in parameters_of(site.registry.reports[report][1].run) if each.required]
    given = [f"{each.name}={PLAIN.get(each.kind, '1')}" for each in needed]
    return "?" + "&".join(["run=1", *given])


def plain(site: Site, text: str) -> str:
    """Without what differs from one moment and one server to the other."""
    for own in (site.settings.database, str(site.settings.data)):
        text = text.replace(own, "")
    return PASSING.sub("", text)


# -- nobody reads, counts, exports or infers
@pytest.mark.parametrize("door", ["api", "web"])
def test_an_administrator_of_one_company_gets_the_same_answers_whatever_is_in_another(
    quiet: Place, busy: Place, door: str
) -> None:
    with busy.site.active():
        found = victims(busy.site)
    assert len(found) > 20
    asked = [url for url in questions(busy.site, list(busy.app.url_map.iter_rules()), found)
             if url.startswith("/api/") == (door == "api")]
    assert len(asked) > 150
    different: list[str] = []
    answers: list[dict[str, tuple[int, str]]] = []
    for each in (quiet, busy):
        with each.site.active():
            client = each.api("admin") if door == "api" else each.web("admin")
            answers.append({url: (got.status_code, plain(each.site, got.text))
                            for url in asked for got in [client.get(url)]})
    for url in asked:
        if answers[0][url] != answers[1][url]:
            different.append(f"{url}: {answers[0][url][0]} {answers[1][url][0]}")
    assert different == []
    assert not [url for url in asked if answers[1][url][0] >= 500]


def test_no_role_of_one_company_reaches_a_record_of_another(busy: Place) -> None:
    site = busy.site
    found = victims(site)
    reached = []
    for role in busy.tokens:
        client = busy.api(role)
        for name, (identity, key) in found.items():
            entity = site.registry.entities[name]
            for url in (f"{entity.path}/{identity}", f"{entity.path}/{identity}/history"):
                if client.get(f"/api/v1/{url}").status_code not in (403, 404):
                    reached.append((role, url))
            listed = client.get(f"/api/v1/{entity.path}?limit=200")
            if listed.status_code == 200 and identity in [each["id"] for each in listed.json["items"]]:
                reached.append((role, entity.path, key))
        if busy.api(role, "BETA").get("/api/v1/identity/my-rights").status_code != 404:
            reached.append((role, "BETA"))
    assert reached == []


def digest(site: Site) -> str:
    """Of everything in the database but the traces of requests."""
    kept = sha256()
    names = [row[0] for row in site.database.execute_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()]
    for name in names:
        if name not in TRACES:
            for row in site.database.execute_sql(f'SELECT * FROM "{name}"'):
                kept.update(repr((name, row)).encode())
    return kept.hexdigest()


def test_nobody_writes_into_another_company(busy: Place) -> None:
    site, client, browser = busy.site, busy.api("admin"), busy.web("admin")
    before = digest(site)
    answers: dict[str, int] = {}
    for name, (identity, _key) in victims(site).items():
        entity = site.registry.entities[name]
        url = f"/api/v1/{entity.path}/{identity}"
        match = {"If-Match": "*"}
        answers[f"PATCH {url}"] = client.patch(url, json={}, headers=match).status_code
        answers[f"DELETE {url}"] = client.delete(url, headers=match).status_code
        operation = {"method": "DELETE", "path": f"{entity.path}/{identity}", "if_match": "*"}
        answers[f"batch {url}"] = client.post("/api/v1/batch", json={"operations": [operation]}).status_code
        answers[f"web {url}"] = browser.post(f"/{entity.path}/{identity}", data={"_version": "1"}).status_code
        answers[f"web delete {url}"] = browser.post(f"/{entity.path}/{identity}/delete", data={}).status_code
        for action in entity.actions:
            answers[f"{action} {url}"] = client.post(f"{url}/actions/{action}", json={}).status_code
            many = client.post(f"/api/v1/{entity.path}/actions/{action}", json={"ids": [identity]}).json
            if [each["ok"] for each in (many or {}).get("results", [])] != [False]:
                answers[f"bulk {action} {url}"] = 200
    assert {url: status for url, status in answers.items() if status not in (403, 404)} == {}
    assert digest(site) == before


# -- mass assignment
def columns_to_try(entity: CompiledEntity) -> set[str]:
    """All that the model has and no door takes, and all that the core keeps for itself."""
    own = set(entity.model._meta.fields)
    taken = {name for name, column in entity.columns.items() if not column.readonly and column.kind != "id"}
    return (own | set(entity.columns) | {"id", "version", "company", "search_text", "owner", "state"}) - taken


def test_what_the_system_sets_is_taken_through_no_door(busy: Place) -> None:
    site, client = busy.site, busy.api("admin")
    before = digest(site)
    taken = []
    for entity in site.registry.entities.values():
        for name in columns_to_try(entity) if entity.declared.writable else ():
            for value in (1, "x"):
                sent = {"ext": {name.split(".")[1]: {name.split(".")[2]: value}}} if name.startswith("ext.") else {
                    name: value}
                for answer in (
                    client.post(f"/api/v1/{entity.path}", json=sent),
                    client.patch(f"/api/v1/{entity.path}/1", json=sent, headers={"If-Match": "*"}),
                ):
                    if answer.status_code != 422 or name not in answer.json["errors"]:
                        taken.append((entity.name, name, answer.status_code))
            file = client.post(f"/api/v1/{entity.path}/import", data=f"{name}\n1\n", content_type="text/csv")
            labels = {str(column.label).lower() for column in entity.columns.values()}  # other columns' names in files
            passed_over = name in {"version", *entity.columns, *labels}  # an export has them, and comes back
            if file.status_code == 200 or (name not in file.text and not passed_over):
                taken.append((entity.name, name, "import"))
    assert taken == []
    assert digest(site) == before


def test_what_the_system_sets_on_lines_is_taken_through_no_door(busy: Place) -> None:
    site, client = busy.site, busy.api("admin")
    taken = []
    for entity in site.registry.entities.values():
        for lines in entity.lines.values() if entity.declared.writable else ():
            known = {name for name, column in lines.columns.items() if not column.readonly}
            for name in (set(lines.model._meta.fields) | {"company", "version"}) - known - {"id"}:
                answer = client.post(f"/api/v1/{entity.path}", json={lines.name: [{name: 1}]})
                if answer.status_code != 422 or f"{lines.name}.0.{name}" not in answer.json["errors"]:
                    taken.append((entity.name, lines.name, name))
    assert taken == []


def test_every_user_of_these_tests_has_his_role_in_one_company_alone(busy: Place) -> None:
    held = RoleAssignment.select(RoleAssignment.in_company).distinct().tuples()
    assert (None,) not in [tuple(row) for row in held]
