"""A small plugin that has one of everything, served to a test client, on a copy of a prepared database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

import peewee
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from trastienda import (
    Action,
    Actor,
    Child,
    ChoiceField,
    Company,
    Computed,
    Entity,
    Extension,
    Extra,
    Fault,
    Grant,
    Lines,
    Locked,
    Money,
    MoneyField,
    Numbering,
    Plugin,
    QuantityField,
    RateField,
    Record,
    Ref,
    Refusal,
    Report,
    Role,
    Route,
    Site,
    StateField,
    Transition,
    Work,
)
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda.settings import load_settings
from trastienda.storage.database import PostgresDatabase
from trastienda.storage.migrations import History, Migration, migrate
from trastienda.storage.model_shapes import shape_of
from trastienda.storage.operations import CreateTable
from trastienda.testing.databases import PreparedDatabase
from trastienda.upgrade import histories_of, triggers_of


class Account(Record):
    code = peewee.CharField(20)
    name = peewee.CharField(100)
    kind = ChoiceField("asset", "debt", default="asset")
    active = peewee.BooleanField(default=True)
    parent = peewee.ForeignKeyField("self", null=True)
    opened = peewee.DateField(null=True)
    seen_at = peewee.DateTimeField(null=True)
    rank = peewee.IntegerField(null=True)
    big = peewee.BigIntegerField(default=0)
    rate = RateField(null=True)
    stock = QuantityField(default=Decimal(0))
    ceiling = MoneyField(null=True)
    notes = peewee.TextField(default="")
    secret = peewee.CharField(40, default="")
    origin = peewee.CharField(40, default="hand")

    class Meta:
        table_name = "toy_account"
        indexes = ((("company", "code"), True),)


class Paint(Extra):
    account = peewee.ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    colour = peewee.CharField(20, default="")
    budget = MoneyField(null=True)

    class Meta:
        table_name = "paint_paint"


class Entry(Record):
    reference = peewee.CharField(60, null=True)
    date = peewee.DateField()
    number = peewee.CharField(20, null=True)
    state = StateField("draft", "posted", "cancelled")

    class Meta:
        table_name = "toy_entry"
        indexes = ((("company", "reference"), True), (("company", "number"), True))


ENTRY_NUMBERS = Numbering("toy.entry", Entry.number, "E/{number:04}")


class Posting(Child):
    entry = peewee.ForeignKeyField(Entry)
    date = peewee.DateField()
    account = peewee.ForeignKeyField(Account)
    debit = MoneyField(default=Decimal(0))
    credit = MoneyField(default=Decimal(0))
    note = peewee.CharField(80, null=True)

    class Meta:
        table_name = "toy_posting"


class Diary(Record):
    """Has no natural key."""

    text = peewee.TextField(default="")
    about = peewee.ForeignKeyField(Account, null=True)
    follows = peewee.ForeignKeyField("self", null=True)

    class Meta:
        table_name = "toy_diary"


MODELS = (Account, Paint, Entry, Posting, Diary)


def balanced(entry: Entry) -> Iterator[Fault]:
    if sum((line.debit - line.credit for line in entry.lines_of(Posting)), Decimal(0)):
        yield Fault(Posting.entry, "The entry does not balance.")
    for line in entry.lines_of(Posting):
        if line.debit and line.credit:
            yield Fault(Posting.debit, "Either debit or credit.", line=line)


def post(work: Work, entry: Entry) -> None:
    if not entry.lines_of(Posting):
        raise Refusal("An entry without lines cannot be posted")
    work.number(entry, ENTRY_NUMBERS, on=entry.date)


def adjust(
    work: Work,
    account: Account,
    *,
    ceiling: Money,
    on: date | None = None,
    like: Ref[Account] | None = None,
    tone: Literal["soft", "loud"] = "soft",
    from_: str = "",
) -> None:
    """Set the ceiling and say why in the notes."""
    account.ceiling = ceiling
    account.notes = f"{tone} {on} {like} {from_}"


class BalanceRow(NamedTuple):
    account: Ref[Account]
    name: str
    debit: Money
    opened: date | None
    lines: int


def balances(
    work: Work, *, kind: Literal["asset", "debt"] | None = None, to: date | None = None
) -> Iterator[BalanceRow]:
    for account in work.select(Account).order_by(Account.code):
        if kind in (None, account.kind):
            rows = list(work.select(Posting).where(Posting.account == account.id))
            debit = sum((row.debit for row in rows if to is None or row.date <= to), Decimal(0))
            yield BalanceRow(Ref(account.id), account.name, debit, account.opened, len(rows))


def echo(work: Work, *, number: int, word: str = "") -> dict[str, object]:
    """Say it again."""
    return {"number": number, "word": word, "company": work.company.code}


def shout(work: Work, *, word: str, times: int = 1) -> dict[str, object]:
    return {"word": word.upper() * min(times, 3)}


toy = Plugin(
    "toy",
    entities=[
        Entity(
            "toy.account", Account, key=Account.code, title=Account.name, search=[Account.code, Account.name],
            readonly=[Account.origin], private={Account.secret: "read-secret"},
            computed=[Computed("double", Account.rank * 2, like=Account.rank)],
            actions=[Action("adjust", adjust)],
        ),
        Entity(
            "toy.entry", Entry, key=Entry.reference, path="entries", search=[Entry.reference], order=[-Entry.date],
            lines=[Lines(Posting.entry, copies={Posting.date: Entry.date})], rules=[balanced],
            readonly=[Entry.number], locked=Locked(["posted"]),
            actions=[Transition("post", "draft", "posted", post), Transition("cancel", "draft", "cancelled")],
        ),
        Entity("toy.posting", Posting, writable=False, of="toy.entry", order=[-Posting.date]),
        Entity("toy.diary", Diary, path="diaries"),
    ],
    numberings=[ENTRY_NUMBERS],
    reports=[Report("toy.balances", balances, row=BalanceRow, totals=["debit"])],
    routes=[
        Route("echo/<int:number>", echo, permission="toy.account"),
        Route("shout", shout, permission="toy.account", methods=["POST"]),
    ],
    roles=[
        Role("clerk", [Grant("toy.account", ["read", "create", "update", "export"]), Grant("toy.entry", ["read"])]),
        Role("debtors", [Grant("toy.account", where=lambda actor: Account.kind == "debt")]),
    ],
)  # fmt: skip
paint = Plugin("paint", extensions=[Extension("toy.account", Paint)])


@dataclass
class Api:
    """Requests of one user to a site, as JSON."""

    site: Site
    client: FlaskClient
    secrets: dict[str, str]
    user: str = "admin"
    company: str = "ACME"
    headers: dict[str, str] = field(default_factory=dict)

    def as_(self, user: str = "", company: str = "", **headers: str) -> Api:
        return Api(
            self.site, self.client, self.secrets, user or self.user, company or self.company,
            {**self.headers, **{name.replace("_", "-"): text for name, text in headers.items()}},
        )  # fmt: skip

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **kwargs: Any
    ) -> TestResponse:
        headers = {"X-Company": self.company, **self.headers}
        if self.user:
            headers["Authorization"] = f"Bearer {self.secrets[self.user]}"
        if raw is not None:
            kwargs["data"] = raw
        elif body is not None:
            kwargs.update(data=json.dumps(body), content_type="application/json")
        address = f"/api/{path[3:]}" if path.startswith("../") else f"/api/v1/{path}"
        return self.client.open(address, method=method, headers=headers, **kwargs)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, query_string=query)

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that must be a success."""
        response = self.call(method, path, body)
        assert response.status_code in (200, 201), response.text
        return response.json

    def account(self, code: str, **values: Any) -> dict[str, Any]:
        return self.ok("POST", "toy/accounts", {"code": code, "name": f"Account {code}", **values})

    def entry(self, reference: str, amount: str = "12.50", **values: Any) -> dict[str, Any]:
        lines = [{"account": "100", "debit": amount}, {"account": "200", "credit": amount}]
        return self.ok("POST", "toy/entries", {"reference": reference, "date": "2026-01-02", "lines": lines, **values})

    def figures(self) -> tuple[int, ...]:
        """How many rows there are in every table that a test writes to."""
        with self.site.active():
            return tuple(model.select().count() for model in MODELS)


@contextmanager
def open_site(url: str, data: Path) -> Iterator[Site]:
    settings = load_settings(
        {"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data), "TRASTIENDA_PLUGINS": "identity,formats"}
    )
    site = Site.open(settings, extra=[toy, paint])
    yield site
    if isinstance(site.database, PostgresDatabase):
        site.database.close_all()


SECRETS: dict[str, dict[str, str]] = {}
USERS = {"admin": ["admin"], "auditor": ["auditor"], "clerk": ["clerk"], "debtors": ["debtors"]}


def fill(site: Site) -> dict[str, str]:
    """The tables, two companies, a token for each kind of user, two accounts in each company."""
    tables = [CreateTable(shape_of(model)) for model in MODELS]
    histories = [*histories_of(site), History("toy", [Migration("0001_initial", tables, "")])]
    with site.active():
        migrate(site.database, histories, triggers=triggers_of(site.registry), report=lambda line: None)
        for code in ("ACME", "BETA"):
            Company.insert(code=code, name=code.title()).execute()
        acme, system = site.company("ACME"), Actor.system("cli")
        secrets = {}
        for name, roles in USERS.items():
            user = site.write(system, acme, lambda work, name=name, roles=roles: add_user(
                work, name=name, password=None, roles=roles))  # fmt: skip
            secrets[name] = site.write(system, acme, lambda work, user=user: add_token(work, user=user, name="test"))
        for company in (acme, site.company("BETA")):
            for code in ("100", "200"):
                account = Account(code=code, name=f"Account {code}")
                site.write(system, company, lambda work, account=account: work.add(account))
    return secrets


@pytest.fixture
def site(prepared_database: PreparedDatabase, database_backend: str, tmp_path: Path) -> Iterator[Site]:
    def build(url: str) -> None:
        with open_site(url, tmp_path) as site:
            SECRETS[database_backend] = fill(site)

    with open_site(prepared_database("toy api", build), tmp_path) as site:
        yield site


@pytest.fixture
def api(site: Site, database_backend: str) -> Api:
    """Signed in as admin, in the company ACME."""
    return Api(site, create_app(site).test_client(), SECRETS[database_backend])


Pages = Callable[..., list[list[dict[str, Any]]]]


@pytest.fixture
def pages(api: Api) -> Pages:
    """Every page of a list, by its cursors."""

    def fetch(path: str, **query: Any) -> list[list[dict[str, Any]]]:
        found, cursor = [], None
        while True:
            answer = api.get(path, **query, **({"cursor": cursor} if cursor else {}))
            assert answer.status_code == 200, answer.text
            found.append(answer.json["items"])
            cursor = answer.json["next"]
            if cursor is None:
                return found

    return fetch


@pytest.fixture
def statements(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """`with statements() as seen:` the SQL that the site's database is asked meanwhile."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []
        execute = site.database.execute_sql

        def note(sql: str, *args: Any, **kwargs: Any) -> Any:
            seen.append(sql)
            return execute(sql, *args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(site.database, "execute_sql", note)
            yield seen

    return watch


@pytest.fixture
def accounts(api: Any) -> None:
    """Beside accounts 100 and 200: A0 to A5, of two kinds, one without a parent, in two months."""
    for i in range(6):
        api.account(
            f"A{i}",
            kind="debt" if i % 2 else "asset",
            parent="100" if i % 3 else None,
            opened=f"2026-0{1 + i // 3}-15",
            active=i > 1,
            ceiling=f"{i}.50",
            stock="1.5",
            rank=i,
        )
