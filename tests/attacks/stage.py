"""The stage of the attacks: two companies with every installed plugin and a year of business, and people of each role.

Everybody has his roles in ACME alone, but for `beta-admin`, and for `root`, who is administrator everywhere. Every
text that a company's rows hold bears the company's mark, so that a single word of another company in an answer is
found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import copytree
from typing import Any

import peewee
from flask import Flask
from flask.testing import FlaskClient

from trastienda import ChoiceField, Company, Site, StateField, User
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda.plugins.found import find_plugins
from trastienda.security.audit import AuditRecord
from trastienda.settings import load_settings
from trastienda.storage.triggers import drop_triggers, synchronise
from trastienda.testing.databases import Databases
from trastienda.testing.servers import DatabaseServer, SqliteFolder
from trastienda.testing.sites import SYSTEM, browser_client, found_company, open_site
from trastienda.upgrade import triggers_of

PLUGINS = tuple(sorted(each.name for each in find_plugins(load_settings({}))[0] if not each.bundled))
ACME, BETA = "zqacme", "zqbeta"
NOBODY, ROOT = "nobody", "root"
#: Texts that are no words: what a machine reads breaks where a mark stands.
MACHINES = {"digest", "secret", "batch", "parameters", "result", "formula", "condition", "query", "columns", "key_"}
SHORTEST = 12
#: Tables in which a request leaves its own traces, whatever it asks.
TRACES = {"identity_attempt", "identity_token_use", "identity_session", "core_answer", "sqlite_sequence"}


@dataclass(frozen=True)
class Stage:
    """A server with its two companies, and how to be somebody on it."""

    site: Site
    app: Flask
    tokens: Mapping[str, str]
    _clients: dict[tuple[str, str], FlaskClient] = field(default_factory=dict)

    @property
    def roles(self) -> list[str]:
        """Each that a plugin ships for people to have, and nobody's, which is none."""
        return [name for name in self.tokens if name not in ("beta-admin", ROOT)]

    def api(self, who: str, company: str = "") -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[who]}"
        if company:
            client.environ_base["HTTP_X_COMPANY"] = company
        return client

    def web(self, who: str) -> FlaskClient:
        if (who, "web") not in self._clients:
            with self.site.active():
                user = User.get(User.name == user_name(who))
                client = browser_client(self.app, self.site, user)
            assert isinstance(client, FlaskClient)
            self._clients[who, "web"] = client
        return self._clients[who, "web"]

    def digest(self) -> str:
        """Of everything in the database but the traces that any request leaves."""
        kept = sha256()
        for name in sorted(self.site.database.get_tables()):
            if name not in TRACES:
                rows = self.site.database.execute_sql(f'SELECT * FROM "{name}"').fetchall()
                kept.update(repr((name, sorted(map(repr, rows)))).encode())
        return kept.hexdigest()


def user_name(role: str) -> str:
    return role if role in (NOBODY, ROOT, "beta-admin") else f"user-{role}"


# -- building
def build_quiet(url: str, data: Path) -> dict[str, str]:
    """ACME with a year of business and its people; BETA with its administrator alone. Answers the tokens by role."""
    found_company(url, data, PLUGINS)
    tokens: dict[str, str] = {}
    with open_site(url, data, PLUGINS) as site:
        acme = site.company("ACME")
        site.write(SYSTEM, acme, lambda work: work.add(Company(
            code="BETA", name=BETA, currency="EUR", country="ES", time_zone="Europe/Madrid")))  # fmt: skip
        do_business(site, acme)

        def people(work: Any) -> None:
            for name, role in site.permissions.roles.items():
                if not role.everyone:
                    user = add_user(work, name=user_name(name), password=None, roles=[name], company=acme)
                    tokens[name] = add_token(work, user=user, name="attack")
            nobody = add_user(work, name=NOBODY, password=None, roles=[])
            tokens[NOBODY] = add_token(work, user=nobody, name="attack")
            boss = add_user(work, name="beta-admin", password=None, roles=["admin"], company=site.company("BETA"))
            tokens["beta-admin"] = add_token(work, user=boss, name="attack")
            root = add_user(work, name=ROOT, password=None, roles=["admin"])
            tokens[ROOT] = add_token(work, user=root, name="attack")

        site.write(SYSTEM, acme, people)
        hire(site, acme)
    return tokens


def give_business(url: str, data: Path, tokens: Mapping[str, str]) -> None:
    """BETA gets a year of business of its own, and a row of everything. All else stays as it was, to the last id."""
    with open_site(url, data, PLUGINS) as site:
        beta = site.company("BETA")
        do_business(site, beta)
        invent_missing(site, beta)
        add_beside(Stage(site, create_app(site), tokens), "beta-admin", BETA)
        mark_texts(site, beta, BETA)


def do_business(site: Site, company: Company) -> None:
    for _plugin, setup in site.registry.setups:
        if setup.demo is not None:
            site.write(SYSTEM, company, setup.demo)


def hire(site: Site, company: Company) -> None:
    """Those with a role of hr's stand in the organisation: the manager is the chief of the one with self-service."""
    employee = site.registry.entities["hr.employee"].model
    with site.database.write():
        staff = [row[0] for row in employee.select(employee.id).where(employee.company == company.id)
                 .order_by(employee.id).tuples()]  # fmt: skip
        chief, worker = staff[0], staff[-1]
        for name, identity in (("hr.manager", chief), ("hr.self-service", worker)):
            user = User.get(User.name == user_name(name))
            employee.update(user=user.id).where(employee.id == identity).execute()
        employee.update(manager=chief).where(employee.id == worker).execute()


# -- marks
def is_word(one: peewee.Field[Any]) -> bool:
    """Whether a column holds words of people, which a mark may replace."""
    if isinstance(one, (ChoiceField, StateField)) or one.primary_key or one.name in MACHINES:
        return False
    return isinstance(one, peewee.TextField) or (
        type(one) is peewee.CharField and (one.max_length or SHORTEST) >= SHORTEST)


def owned_by(model: type[Any], company: Company) -> Any:
    """The condition of a company's rows; None for what belongs to none."""
    fields = model._meta.fields
    if "company" in fields:
        return fields["company"] == company.id
    for one in fields.values():
        if isinstance(one, peewee.ForeignKeyField) and "company" in one.rel_model._meta.fields and one.primary_key:
            target = one.rel_model
            return one.in_(target.select(target.id).where(target._meta.fields["company"] == company.id))
    return None


def mark_texts(site: Site, company: Company, mark: str) -> None:
    """Past every rule and trigger: in each of the company's rows all words become the mark and a number."""
    models = {model: None for models in site.registry.models.values() for model in models}
    with site.database.write():
        drop_triggers(site.database)
        for model in [*models, *(each.model for each in site.registry.entities.values())]:
            condition = owned_by(model, company)
            words = [one for one in model._meta.sorted_fields if is_word(one)]
            if condition is not None and words:
                key = model._meta.primary_key
                number = key.cast("TEXT") if not isinstance(key, peewee.CharField) else key
                model.update({one: peewee.Value(mark).concat(number) for one in words}).where(condition).execute()
        AuditRecord.update(
            actor=mark, key=peewee.Value(mark).concat(AuditRecord.record.cast("TEXT")),
            changes=json.dumps({"name": [mark, mark]})).where(AuditRecord.chain == company.id).execute()  # fmt: skip
        synchronise(site.database, triggers_of(site.registry))


def invent_missing(site: Site, company: Company) -> None:
    """A row of every entity that the year of business left without."""
    with site.database.write():
        for entity in site.registry.entities.values():
            if entity.scoped and not entity.model.select().where(owned_by(entity.model, company)).exists():
                invent(entity.model, company)


def invent(model: type[Any], company: Company) -> int:
    """A row of the simplest values that the database takes, and of those that it refers to; its id."""
    values: dict[str, Any] = {}
    for one in model._meta.sorted_fields:
        if one.name == "company":
            values["company"] = company.id
        elif isinstance(one, peewee.ForeignKeyField):
            target = one.rel_model
            if one.null and target is model:
                continue
            condition = owned_by(target, company)
            query = target.select(target.id) if condition is None else target.select(target.id).where(condition)
            found = query.order_by(target.id.desc()).tuples().first()
            if found is None and not one.null:
                found = (invent(target, company),)
            values[one.name] = found[0] if found else None
        elif not one.primary_key and one.default is None and not one.null:
            values[one.name] = simplest(one)
    return int(model.insert(values).execute())


def simplest(one: peewee.Field[Any]) -> Any:
    if isinstance(one, (ChoiceField, StateField)):
        return (one.options if isinstance(one, ChoiceField) else one.states)[0]
    kinds: tuple[tuple[Any, Any], ...] = (
        (peewee.DateTimeField, datetime.fromisoformat("2026-06-01T09:00:00")), (peewee.DateField, date(2026, 6, 1)),
        (peewee.BooleanField, False), ((peewee.CharField, peewee.TextField), "x"), (peewee.BlobField, b""),
        (peewee.BigIntegerField, 1), (peewee.IntegerField, 1),
    )  # fmt: skip
    return next((value for kind, value in kinds if isinstance(one, kind)), Decimal(1))


def add_beside(stage: Stage, who: str, mark: str) -> None:
    """A comment and a file on a record of each entity that takes them."""
    client, added = stage.api(who), 0
    for entity in stage.site.registry.entities.values():
        if entity.version is None or not entity.scoped:
            continue
        for item in client.get(f"/api/v1/{entity.path}?limit=1&sort=id&fields=id").json["items"]:
            url = f"/api/v1/{entity.path}/{item['id']}"
            said = client.post(f"{url}/comments", json={"text": f"{mark} said"})
            sent = client.post(f"{url}/attachments", data={"file": (mark_file(mark), f"{mark}.txt")})
            added += (said.status_code == 201) and (sent.status_code == 201)
    assert added > 20, added


def mark_file(mark: str) -> BytesIO:
    return BytesIO(f"{mark} in a file".encode())


# -- opening
@dataclass(frozen=True)
class Theatre:
    """Where one worker makes its stages, as copies of what one worker of the run has built for all."""

    databases: Databases
    backend: str
    data: Path
    next: Theatre | None = None

    @contextmanager
    def opened(self, *, business: bool) -> Iterator[Stage]:
        """A copy of its own of the built stage."""
        tokens = self._built()
        name = f"{self.databases.worker}-{self.databases.new_name()}"
        url = self._server.clone(template="busy" if business else "quiet", name=name)
        with open_site(url, self.data, PLUGINS) as site:
            yield Stage(site, create_app(site), tokens)
        self._server.drop(name)

    @cached_property
    def _server(self) -> DatabaseServer:
        if self.backend == "sqlite":
            self._of_all.mkdir(exist_ok=True)
            return SqliteFolder(self._of_all)
        return self.databases.postgresql(prefix=f"{self.databases.directory.name}-attacks-")

    @property
    def _of_all(self) -> Path:
        return self.databases.directory / f"attacks-{self.backend}"

    def _built(self) -> dict[str, str]:
        """The tokens by role. While another worker builds it, this one builds what is wanted next."""
        if not self._build(wait=False):
            if self.next is not None:
                self.next._build(wait=False)
            self._build(wait=True)
        copytree(self._of_all / "data", self.data, dirs_exist_ok=True)  # files go with the database
        found: dict[str, str] = json.loads(self._tokens.read_text())
        return found

    def _build(self, *, wait: bool) -> bool:
        """Unless it is there; whether it is now."""
        self._of_all.mkdir(exist_ok=True)
        with (self._of_all / "lock").open("w") as lock:
            try:
                flock(lock, LOCK_EX | (0 if wait else LOCK_NB))
            except BlockingIOError:
                return False
            if not self._tokens.exists():
                data = self._of_all / "data"
                data.mkdir()
                tokens = build_quiet(self._server.create("quiet"), data)
                self._server.freeze("quiet")
                give_business(self._server.clone(template="quiet", name="busy"), data, tokens)
                self._server.freeze("busy")
                self._tokens.write_text(json.dumps(tokens))
        return True

    @property
    def _tokens(self) -> Path:
        return self._of_all / "tokens.json"
