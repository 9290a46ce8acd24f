"""A small set of books of the tests' own, its pages by Flask's client and by a real browser."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from peewee import CharField, DateField, ForeignKeyField, TextField
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from trastienda import (
    Action,
    Actor,
    Bars,
    Child,
    ChoiceField,
    Company,
    Entity,
    Excerpt,
    Fault,
    Figure,
    Grant,
    Lines,
    Link,
    Locked,
    Money,
    MoneyField,
    Panel,
    Plugin,
    Record,
    Ref,
    Refusal,
    Report,
    Role,
    Rows,
    Site,
    StateField,
    ToDo,
    Transition,
    User,
    Work,
    total,
)
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_user
from trastienda.builtin.identity.models import Session
from trastienda.builtin.identity.signing_in import COOKIE, digest_of, now
from trastienda.settings import load_settings
from trastienda.storage.migrations import History, Migration, migrate
from trastienda.storage.model_shapes import shape_of
from trastienda.storage.operations import CreateTable
from trastienda.upgrade import histories_of, triggers_of

T = TypeVar("T")
CHART = {"430000": "Trade receivables", "477000": "Output tax", "572000": "Bank", "700000": "Sales"}
PASSWORD = "long enough a password"
Prepare = Callable[[str, Callable[[str], object]], str]


class Account(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(100, verbose_name="Name")
    kind = ChoiceField("asset", "income", default="asset", verbose_name="Kind")

    class Meta:
        table_name = "books_account"
        indexes = ((("company", "code"), True),)


class Entry(Record):
    reference = CharField(60, verbose_name="Reference", help_text="The number on the paper")
    date = DateField(verbose_name="Date")
    memo = TextField(default="", verbose_name="Memo")
    state = StateField("draft", "posted", "reversed", verbose_name="State")

    class Meta:
        table_name = "books_entry"
        indexes = ((("company", "reference"), True),)


class Posting(Child):
    entry = ForeignKeyField(Entry, on_delete="CASCADE")
    account = ForeignKeyField(Account, on_delete="RESTRICT", verbose_name="Account")
    note = CharField(80, default="", verbose_name="Note")
    debit = MoneyField(default=Decimal(0), verbose_name="Debit")
    credit = MoneyField(default=Decimal(0), verbose_name="Credit")

    class Meta:
        table_name = "books_posting"


def balanced(entry: Entry) -> Iterator[Fault]:
    difference = sum((line.debit - line.credit for line in entry.lines_of(Posting)), Decimal(0))
    if difference:
        yield Fault(Posting.entry, f"Debit and credit differ by {difference:.2f}")


def post(work: Work, entry: Entry) -> None:
    if entry.date.year < 2026:
        raise Refusal("The year is closed")


def reverse(work: Work, entry: Entry, *, reason: str) -> None:
    if len(reason) < 4:
        raise Refusal("Give a better reason")


class Balance(NamedTuple):
    account: str
    name: str
    debit: Money
    credit: Money


def trial_balance(work: Work, *, from_: date | None = None, names: bool = True) -> Iterator[Balance]:
    query = work.select(Posting, Account.code, Account.name, total(Posting.debit), total(Posting.credit)).join(Account)
    if from_ is not None:
        query = query.join_from(Posting, Entry).where(Entry.date >= from_)
    for row in work.rows(query.group_by(Account.code, Account.name).order_by(Account.code)):
        yield Balance(*row) if names else Balance(*row)._replace(name="")


class Movement(NamedTuple):
    account: str
    debit: Money


def movements(work: Work, *, from_: date | None = None, to: date | None = None) -> Iterator[Movement]:
    query = work.select(Posting, Account.code, total(Posting.debit)).join(Account).join_from(Posting, Entry)
    if from_ is not None and to is not None:
        query = query.where(Entry.date.between(from_, to))
    for row in work.rows(query.group_by(Account.code).order_by(Account.code)):
        yield Movement(*row)


def drill(row: Balance, parameters: Any) -> Link:
    return Link("books.posting", {"account": row.account})


class SumRow(NamedTuple):
    entry: Ref[Entry]
    debit: Money


def sums(work: Work, account: Account) -> Iterator[Figure | ToDo | Rows]:
    if account.code == "570":
        return
    rows = [SumRow(Ref(line.__data__["entry"]), line.debit)
            for line in work.select(Posting).where(Posting.account == account, Posting.debit > 0)]
    yield Figure("Debit", sum((row.debit for row in rows), Decimal(0)), attention=True)
    yield Figure("Opened", work.today, note="today")
    yield ToDo("Postings", Link("books.posting", {"account": account.code}), count=len(rows), due=work.today)
    yield Rows(SumRow, rows, title="Entries")


def failing(work: Work) -> Iterator[Balance]:
    raise RuntimeError("this panel is broken")


books = Plugin(
    "books",
    label="Books",
    description="Accounts and entries",
    entities=[
        Entity("books.account", Account, key=Account.code, title=Account.name, search=[Account.code, Account.name]),
        Entity(
            "books.entry", Entry, key=Entry.reference, label="Voucher", plural="Vouchers", path="entries",
            columns=[Entry.reference, Entry.date, Entry.memo, Entry.state],
            begins={Entry.date: lambda work: work.today},
            search=[Entry.reference, Entry.memo], order=[-Entry.date],
            lines=[Lines(Posting.entry, totals=[Posting.debit, Posting.credit],
                         balance=(Posting.debit, Posting.credit), label="Postings")],
            rules=[balanced], waits={"draft": 30}, locked=Locked(["posted", "reversed"]), import_by=[Entry.reference],
            actions=[Transition("post", "draft", "posted", post, confirm=True),
                     Transition("reverse", "posted", "reversed", reverse),
                     Action("touch", lambda work, entry: None, label="Touch")],
        ),
        Entity("books.posting", Posting, path="postings", writable=False, of="books.entry"),
    ],
    reports=[Report("books.trial-balance", trial_balance, row=Balance, label="Trial balance",
                    totals=["debit", "credit"], drill=drill, chart=Bars(x="account", y=["debit", "credit"])),
             Report("books.movements", movements, row=Movement, label="Movements", totals=["debit"]),
             Report("books.broken", failing, row=Balance, label="Broken")],
    panels=[Panel("books.balance", lambda work: [Excerpt("books.trial-balance")]),
            Panel("books.broken-one", lambda work: [Excerpt("books.broken")]),
            Panel("books.sums", sums, on="books.account", label="So far"),
            Panel("books.odd", lambda work, account: ["no part"], on="books.account")],
    roles=[Role("books.reader", [Grant("books.*", ["read", "run"])], label="Reader"),
           Role("books.clerk", [Grant("books.account", ["read"])])],
)  # fmt: skip
MODELS = (Account, Entry, Posting)


@dataclass(frozen=True)
class Desk:
    """A site with the books in it, and its application."""

    site: Site
    app: Flask

    def write(self, body: Callable[[Work], T]) -> T:
        with self.site.active():
            return self.site.write(Actor.system("tests"), self.site.company("ACME"), body)

    def entry(self, reference: str, *, on: date = date(2026, 1, 31), amount: str = "100.00") -> int:
        """Make a draft; its id."""

        def make(work: Work) -> int:
            lines = [Posting(account=work.get(Account, "430000"), debit=Decimal(amount)),
                     Posting(account=work.get(Account, "700000"), credit=Decimal(amount))]  # fmt: skip
            return work.add(Entry(reference=reference, date=on, memo=f"Memo of {reference}"), lines).id

        return self.write(make)

    def stored(self, identity: int) -> Entry:
        with self.site.active():
            return Entry.get_by_id(identity)

    def lines(self, identity: int) -> list[tuple[str, str, Decimal, Decimal]]:
        with self.site.active():
            query = Posting.select(Account.code, Posting.note, Posting.debit, Posting.credit).join(Account)
            return list(query.where(Posting.entry == identity).order_by(Posting.id).tuples())

    def client(self, name: str = "ana", *, language: str = "en") -> FlaskClient:
        """A browser without a screen, signed in."""
        client = self.app.test_client()
        client.set_cookie("trastienda_language", language)
        client.set_cookie(COOKIE, self.session(name))
        return client

    def session(self, name: str) -> str:
        """The secret of a session of this user, begun now without his password."""
        secret = secrets.token_urlsafe()
        with self.site.active(), self.site.database.write():
            user = User.get(User.name == name)
            Session.insert(digest=digest_of(secret), user=user.id, started_at=now(), seen_at=now()).execute()
        return secret


def send(client: FlaskClient, address: str, form: dict[str, Any], *, follow: bool = False) -> Any:
    """Post a form with the token that the page of the same visitor carries."""
    page = client.get("/sign-in" if client.get_cookie("trastienda_session") is None else "/plugins").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(address, data={"csrf_token": token, **form}, follow_redirects=follow)


def open_site(url: str, data: Path) -> Site:
    settings = {
        "TRASTIENDA_DATABASE": url,
        "TRASTIENDA_DATA": str(data),
        "TRASTIENDA_PLUGINS": "identity,formats,delivery,web",
    }
    return Site.open(load_settings(settings), extra=[books])


def fill(site: Site) -> None:
    """Two companies, a chart of four accounts, an administrator and a reader."""
    with site.active():
        tables = History(
            "books", [Migration("0001_books", [CreateTable(shape_of(model)) for model in MODELS], "books")]
        )
        migrate(
            site.database,
            [*histories_of(site), tables],
            triggers=triggers_of(site.registry),
            report=lambda _: None,
        )
        for code, name in (("ACME", "Acme"), ("BETA", "Beta")):
            Company.insert(code=code, name=name, currency="EUR", time_zone="Europe/Madrid").execute()
        company = site.company("ACME")

        def make(work: Work) -> None:
            for code, name in (
                ("430000", "Trade receivables"),
                ("477000", "Output tax"),
                ("572000", "Bank"),
                ("700000", "Sales"),
            ):
                work.add(Account(code=code, name=name, kind="income" if code == "700000" else "asset"))
            add_user(work, name="ana", password=PASSWORD, roles=["admin"])
            add_user(work, name="leo", password=PASSWORD, roles=["books.reader"])
            add_user(work, name="eva", password=PASSWORD, roles=["books.clerk"])

        site.write(Actor.system("tests"), company, make)
    site.database.close()


@pytest.fixture
def desk(prepared_database: Prepare, tmp_path: Path) -> Iterator[Desk]:
    site = open_site(prepared_database("books", lambda url: fill(open_site(url, tmp_path))), tmp_path)
    yield Desk(site, create_app(site))
    site.database.close()


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return desk.client()


# -- a real browser
@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Of a server of the desk."""
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, desk: Desk, address: str) -> Iterator[Open]:
    """`open_page("/path", language="es", width=390, ...)`: a window, signed in unless `name` is empty.

    No script may fail in it, and no request go to another host.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda sent: sent.url.startswith((address, "data:")) or wrong.append(sent.url))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)

    def open_one(path: str = "/", *, language: str = "en", width: int = 1440, dark: bool = False,
                 script: bool = True, name: str = "ana") -> Page:  # fmt: skip
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale=language,
            color_scheme="dark" if dark else "light", java_script_enabled=script)  # fmt: skip
        contexts.append(context)
        if name:
            context.add_cookies([{"name": COOKIE, "value": desk.session(name), "url": address}])
        page = context.new_page()
        watch(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []
