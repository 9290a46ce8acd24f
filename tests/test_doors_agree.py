"""The same journal entry by REST, by a file and by the web form: the same rows, the same audit, the same refusals."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from trastienda import Actor, Company, Site, User, Work
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda.builtin.identity.signing_in import COOKIE, sign_in
from trastienda.entities.importing import Options, import_file
from trastienda.security.audit import AuditRecord, verify
from trastienda.settings import load_settings
from trastienda.storage.database import Database
from trastienda.upgrade import upgrade

accounting = pytest.importorskip("trastienda_accounting")

PASSWORD = "a long password"
HEADER = "reference,date,journal,account,debit,credit,description"
SALE = [("430", "1210.00", ""), ("700", "", "1000.00"), ("477", "", "210.00")]
Lines = list[tuple[str, str, str]]
Prepare = Callable[[str, Callable[[str], object]], str]


def open_site(url: str, data: Path) -> Site:
    plugins = "identity,formats,web,contacts,accounting"
    return Site.open(
        load_settings({"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data), "TRASTIENDA_PLUGINS": plugins})
    )


def close(database: Database) -> None:
    database.close_all()


def found(site: Site) -> None:
    with site.active():
        upgrade(site, report=lambda title: None)
        Company.insert(code="ACME", name="Acme", currency="EUR").execute()
        site.write(Actor.system("tests"), site.company("ACME"), begin)
    close(site.database)


def begin(work: Work) -> None:
    for code, kind in (("430", "asset"), ("477", "liability"), ("700", "income")):
        work.add(accounting.Account(code=code, name=code, kind=kind))
    work.add(accounting.Journal(code="SAL", name="Sales", kind="sales"))
    work.add(accounting.FiscalYear(code="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)))
    add_user(work, name="ana", password=PASSWORD, roles=["admin"])


@dataclass(frozen=True)
class Doors:
    """Each makes an entry, and says the id, or the messages of the refusal."""

    site: Site
    app: Flask

    def rest(self, reference: str, lines: Lines, *, post: bool = False) -> int | set[str]:
        site = self.site
        with site.active():
            token = site.write(
                Actor.system("tests"), site.company("ACME"),
                lambda work: add_token(work, user=User.get(User.name == "ana"), name="t"),
            )  # fmt: skip
        client, headers = self.app.test_client(), {"Authorization": f"Bearer {token}"}
        body: dict[str, Any] = {"reference": reference, "date": "2026-03-01", "journal": "SAL", "description": "A sale"}
        body["lines"] = [{"account": account, **({"debit": debit} if debit else {}),
                          **({"credit": credit} if credit else {})} for account, debit, credit in lines]  # fmt: skip
        answer = client.post("/api/v1/accounting/entries", json=body, headers=headers)
        if answer.status_code != 201:
            return {text for texts in answer.json["errors"].values() for text in texts}  # type: ignore[index]
        identity = int(answer.json["id"])  # type: ignore[index]
        if post:
            address = f"/api/v1/accounting/entries/{identity}/actions/post"
            assert client.post(address, json={}, headers=headers).status_code == 200
        return identity

    def file(self, reference: str, lines: Lines, *, post: bool = False) -> int | set[str]:
        site = self.site
        rows = [f"{reference},2026-03-01,SAL,{account},{debit},{credit},A sale" for account, debit, credit in lines]
        with site.active():
            company = site.company("ACME")
            actor = site.actor(User.get(User.name == "ana"), company, via="import")
            result = import_file(
                site, actor, company, site.registry.entities["accounting.entry"],
                io.BytesIO("\n".join([HEADER, *rows]).encode()), name="entries.csv",
                options=Options(action="post" if post else None),
            )  # fmt: skip
            if result.errors:
                return {error.message for error in result.errors}
            return int(accounting.JournalEntry.get(accounting.JournalEntry.reference == reference).id)

    def web(self, reference: str, lines: Lines, *, post: bool = False) -> int | set[str]:
        client = self.app.test_client()
        with self.site.active():
            found = sign_in(self.site, name="ana", password=PASSWORD, address="127.0.0.1")
            client.set_cookie(COOKIE, found.secret)
        form = {"reference": reference, "date": "2026-03-01", "journal": "SAL", "description": "A sale"}
        for index, (account, debit, credit) in enumerate(lines):
            form |= {f"lines.{index}.id": "", f"lines.{index}.account": account, f"lines.{index}.debit": debit,
                     f"lines.{index}.credit": credit}  # fmt: skip
        answer = self._send(client, "/accounting/entries/new", form)
        if answer.status_code != 303:
            return {text for text in REFUSALS if text in answer.text}
        identity = int(answer.location.rpartition("/")[2])
        if post:
            page = client.get(answer.location)
            version = page.text.split('name="_version" value="')[1].split('"')[0]
            sent = self._send(client, f"{answer.location}/actions/post", {"_version": version})
            assert sent.status_code == 303, sent.text
        return identity

    def _send(self, client: FlaskClient, address: str, form: dict[str, str]) -> Any:
        token = client.get("/accounting/entries/new").text.split('name="csrf_token" value="')[1].split('"')[0]
        return client.post(address, data={"csrf_token": token, **form})

    def all(self) -> dict[str, Callable[..., int | set[str]]]:
        return {"rest": self.rest, "file": self.file, "web": self.web}


@pytest.fixture
def doors(prepared_database: Prepare, tmp_path: Path) -> Iterator[Doors]:
    url = prepared_database("doors", lambda url: found(open_site(url, tmp_path)))
    site = open_site(url, tmp_path)
    yield Doors(site, create_app(site))
    close(site.database)


def rows_of(identity: int, reference: str) -> tuple[Any, ...]:
    """The entry and its postings as they are stored, without what must differ."""
    entry = accounting.JournalEntry.get_by_id(identity)
    lines = accounting.Posting.select().where(accounting.Posting.entry == identity).order_by(accounting.Posting.id)
    header = {name: value for name, value in entry.__data__.items() if name not in ("id", "number")}
    header["reference"] = header["reference"].replace(reference, "")
    header["search_text"] = header["search_text"].replace(reference.lower(), "").replace(entry.number.lower(), "")
    different = ("id", "entry")
    return header, [{name: value for name, value in line.__data__.items() if name not in different} for line in lines]


def audit_of(identity: int, reference: str) -> dict[str, Any]:
    """What the audit says of the entry, its rows together, lines by their place."""
    said: dict[str, Any] = {}
    query = AuditRecord.select().where(AuditRecord.entity == "accounting.entry", AuditRecord.record == identity)
    for row in query.order_by(AuditRecord.id):
        lines = 0
        for name, (before, after) in orjson.loads(row.changes).items():
            if name.startswith("lines."):
                name, lines = f"lines.{lines}", lines + 1
            said[name] = [said.get(name, [before])[0], after]
    assert said.pop("number", None) is not None
    said["reference"] = [None if each is None else each.replace(reference, "") for each in said["reference"]]
    return said


def test_the_same_entry_gives_the_same_rows_and_the_same_audit(doors: Doors) -> None:
    made = {name: door(name.upper(), SALE, post=True) for name, door in doors.all().items()}
    with doors.site.active():
        stored = {name: rows_of(int(identity), name.upper()) for name, identity in made.items()}  # type: ignore[arg-type]
        audit = {name: audit_of(int(identity), name.upper()) for name, identity in made.items()}  # type: ignore[arg-type]
        for name in ("file", "web"):
            header, lines = stored[name]
            wanted = dict(stored["rest"][0])
            # how many steps it took is told by the version: a file is made and posted in one
            header.pop("version"), wanted.pop("version")
            assert (header, lines) == (wanted, stored["rest"][1]), name
            assert audit[name] == audit["rest"], name
        numbers = {accounting.JournalEntry.get_by_id(identity).number for identity in made.values()}
        assert numbers == {"SAL/2026/000001", "SAL/2026/000002", "SAL/2026/000003"}
        assert verify(doors.site.database)[2] == []


REFUSALS = (
    "Debit 1210.00 and credit 1010.00 differ by 200.00",
    "There is no account 999.",
    "Out of range.",
    "Not a decimal number.",
    "A journal entry has two lines or more",
)


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([("430", "1210.00", ""), ("700", "", "1010.00")], REFUSALS[0]),
        ([("999", "1210.00", ""), ("700", "", "1210.00")], REFUSALS[1]),
        ([("430", str(2**63), ""), ("700", "", str(2**63))], REFUSALS[2]),
        ([("430", "1210.00", "")], REFUSALS[4]),
    ],
)
def test_the_same_mistake_gives_the_same_refusal_and_writes_nothing(doors: Doors, lines: Lines, refusal: str) -> None:
    for name, door in doors.all().items():
        said = door(name.upper(), lines)
        assert isinstance(said, set), name
        assert refusal in said, name
    with doors.site.active():
        assert accounting.JournalEntry.select().count() == accounting.Posting.select().count() == 0
        assert AuditRecord.select().where(AuditRecord.entity == "accounting.entry").count() == 0
